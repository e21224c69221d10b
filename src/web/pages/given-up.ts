import type { GivenUp } from '../../model/given-up.ts';
import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { count, time } from '../parts/format.ts';
import { table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

const hidden = (name: string, value: string): Html =>
  html`<input type="hidden" name="${name}" value="${value}" />`;

/** A button for everything, and one for each operation where there are several. */
function retryForms(c: WebContext, rows: readonly GivenUp[]): Html {
  const counts = new Map(rows.map(({ operation, ofOperation }) => [operation, ofOperation]));
  const form = { path: '/actions/retry', csrf: c.get('csrf') };
  const each = [...counts].map(([operation, own]) =>
    actionForm({
      ...form,
      label: `Retry ${count(own)} of ${operation}`,
      fields: hidden('operation', operation),
    }),
  );
  return html`<div class="actions">
    ${actionForm({ ...form, label: `Retry all ${count(rows[0]?.ofAll ?? 0)}` })}
    ${counts.size > 1 ? each : null}
  </div>`;
}

/** Targets that could not be fetched, with the actions that make them due. */
export function givenUpTable(c: WebContext, { actions }: WebDeps, rows: readonly GivenUp[]): Html {
  const list = table({
    caption: 'Targets that were given up for now',
    columns: [
      text('Kind'),
      text('What'),
      text('Why'),
      text('Next try'),
      ...(actions === null ? [] : [text('Act')]),
    ],
    rows: rows.map(({ operation, kind, id, name, code, failedTries, notBefore }) => [
      kind,
      kind === 'detail' ? html`<a class="name" href="/products/${id}">${name ?? id}</a>` : (name ?? id),
      html`${code === null ? null : html`<code>${code}</code>`}${failedTries > 1 ? `, ${count(failedTries)} times` : null}`,
      time(notBefore),
      ...(actions === null
        ? []
        : [
            actionForm({
              path: '/actions/retry',
              csrf: c.get('csrf'),
              label: 'Retry',
              of: `${kind} ${name ?? id}`,
              fields: html`${hidden('operation', operation)}${hidden('id', id)}`,
              weight: 'quiet',
            }),
          ]),
    ]),
    empty:
      'Nothing was given up. A target that could not be fetched waits here for its next try; `catalog-sync retry` makes all of them due.',
  });
  return html`${actions === null || rows.length === 0 ? null : retryForms(c, rows)} ${list}`;
}
