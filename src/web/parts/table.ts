import { html, type Html, type HtmlValue } from '../html.ts';

export interface TableColumn {
  readonly header: string;
  readonly isNumber?: true;
}

export interface TableOptions {
  /** The caption of the table, visible and for screen readers. */
  readonly caption: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly HtmlValue[])[];
  /** In place of a table without rows. */
  readonly empty: string;
  /** On a small screen each row is a list of names and values; without it, the table scrolls sideways. */
  readonly isStacking?: true;
}

export const text = (header: string): TableColumn => ({ header });
export const number = (header: string): TableColumn => ({ header, isNumber: true });

/** A table that scrolls sideways where it is too wide, by keyboard too. */
export function table({ caption, columns, rows, empty, isStacking }: TableOptions): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const classOf = (i: number) => (columns[i]?.isNumber ? 'number' : '');
  return html`<div
    class="scroll ${isStacking && 'stacking'}"
    tabindex="0"
    role="region"
    aria-label="${caption}"
  >
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
              ${row.map((cell, i) =>
                isStacking
                  ? html`<td class="${classOf(i)}" data-name="${columns[i]?.header}">
                      <span>${cell}</span>
                    </td>`
                  : html`<td class="${classOf(i)}">${cell}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
