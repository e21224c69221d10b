import { html, type Html, type HtmlValue } from '../html.ts';
import { prose } from './prose.ts';

export interface TableColumn {
  readonly header: string;
  readonly isNumber?: true;
}

export interface TableOptions {
  /** The caption of the table, visible and for screen readers. */
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly HtmlValue[])[];
  /** In place of a table without rows: what it is, what fills it, with commands between backticks. Absent: nothing. */
  readonly empty?: string | undefined;
}

export const text = (header: string): TableColumn => ({ header });
export const number = (header: string): TableColumn => ({ header, isNumber: true });

/**
 * A table that scrolls in its own region where it is too large, by keyboard too, under a head that stays. On a phone each
 * row is a card: the names of its columns beside its values.
 */
export function table({ caption, columns, rows, empty }: TableOptions): Html {
  if (rows.length === 0) return empty === undefined ? html`` : html`<p class="empty">${prose(empty)}</p>`;
  const classOf = (i: number) => (columns[i]?.isNumber ? 'number' : '');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(({ header }, i) => html`<th scope="col" class="${classOf(i)}">${header}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map(
                (cell, i) => html`<td class="${classOf(i)}" data-label="${columns[i]?.header}">${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
