import type { ErrorRow } from '../reads/problem-pages.ts';
import { html, type Html } from '../html.ts';
import { apiName, count, time } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebDeps } from '../web-deps.ts';

export interface ErrorTableOptions {
  readonly caption: string;
  readonly rows: readonly ErrorRow[];
  readonly empty: string;
}

/** Calls that failed, by cause, each with what happens automatically and what the operator should do. */
export function errorTable(
  { caption, rows, empty }: ErrorTableOptions,
  { findRemedy }: Pick<WebDeps, 'findRemedy'>,
): Html {
  return table({
    caption,
    columns: [
      text('Code'),
      text('API'),
      number('Calls'),
      text('Last'),
      text('By itself'),
      text('What to do'),
    ],
    rows: rows.map((row) => {
      const remedy = row.code === null ? null : findRemedy(row.code);
      const said = row.gatewayCode ?? row.outcome.replaceAll('_', ' ');
      return [
        html`<code>${row.code ?? said}</code>`,
        apiName(row.api),
        count(row.calls),
        time(row.lastAt),
        remedy?.recovery ?? 'retry',
        prose(remedy?.remedy ?? `1688 or the way to it: ${said}. The log has details.`),
      ];
    }),
    empty,
  });
}
