import type { ErrorRow } from '../reads/problem-pages.ts';
import { html, type Html } from '../html.ts';
import { callLink } from '../parts/call-link.ts';
import { apiName, count, time } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebDeps } from '../web-deps.ts';

export interface ErrorTableOptions {
  readonly caption: string;
  readonly rows: readonly ErrorRow[];
  readonly empty?: string;
}

/** Why calls failed, what happens automatically, and what the operator should do. */
export function describeCause(
  { code, gatewayCode, outcome }: Pick<ErrorRow, 'code' | 'gatewayCode' | 'outcome'>,
  { findRemedy }: Pick<WebDeps, 'findRemedy'>,
): { readonly name: string; readonly recovery: string; readonly remedy: Html } {
  const known = code ?? gatewayCode;
  const found = known === null ? null : findRemedy(known);
  const said = gatewayCode ?? outcome.replaceAll('_', ' ');
  return {
    name: code ?? said,
    recovery: found?.recovery ?? 'retry',
    remedy: prose(found?.remedy ?? `1688 or the way to it: ${said}. The log has details.`),
  };
}

/** Calls that failed, by cause, each with what happens automatically and what the operator should do. */
export function errorTable(
  { caption, rows, empty }: ErrorTableOptions,
  deps: Pick<WebDeps, 'findRemedy'>,
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
      const { name, recovery, remedy } = describeCause(row, deps);
      return [
        html`<code>${name}</code>`,
        apiName(row.api),
        count(row.calls),
        html`${time(row.lastAt)} ${callLink(row.lastCallId, `call ${row.lastCallId}`)}`,
        recovery,
        remedy,
      ];
    }),
    empty,
  });
}
