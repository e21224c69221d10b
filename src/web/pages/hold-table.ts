import type { QuotaLimitRow } from '../../ledger/quota-report.ts';
import type { ApiHold } from '../../ledger/quota-store.ts';
import { html, type Html } from '../html.ts';
import { actionForm } from '../parts/action-form.ts';
import { apiName, time } from '../parts/format.ts';
import { prose } from '../parts/prose.ts';
import { table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';

/** Until when a hold lasts, for after "until". */
export function holdEnd({ heldUntil, probeAfter }: Pick<ApiHold, 'heldUntil' | 'probeAfter'>): Html {
  if (probeAfter !== null) return html`an answer; next try ${time(probeAfter)}`;
  if (heldUntil !== null) return time(heldUntil);
  return html`a person resumes it`;
}

function holdForm(c: WebContext, limits: readonly QuotaLimitRow[]): Html {
  const apis = [...new Set(limits.map(({ api }) => api))].filter((api) => !api.startsWith('@'));
  const choices = apis.includes('*') ? apis : ['*', ...apis];
  return html`<div class="actions">
    ${actionForm({
      path: '/actions/hold',
      csrf: c.get('csrf'),
      label: 'Hold',
      weight: 'grave',
      fields: html`<label
          >API
          <select name="api">
            ${choices.map(
              (api) =>
                html`<option value="${api}">
                  ${api === '*' ? 'all APIs' : (api.split(':')[1] ?? api)}
                </option>`,
            )}
          </select></label
        >
        <label>Why (optional) <input name="reason" maxlength="200" /></label>`,
    })}
  </div>`;
}

/** The holds, with forms to resume them and to hold more. */
export function holdTable(
  c: WebContext,
  { actions, findRemedy }: WebDeps,
  holds: readonly ApiHold[],
  limits: readonly QuotaLimitRow[],
): Html {
  const rows = holds.map((hold) => [
    apiName(hold.api),
    html`<code>${hold.code}</code>`,
    time(hold.heldAt),
    holdEnd(hold),
    hold.reason ?? prose(findRemedy(hold.code)?.remedy ?? ''),
    actions === null
      ? null
      : actionForm({
          path: '/actions/resume',
          csrf: c.get('csrf'),
          label: 'Resume',
          of: hold.api === '*' ? 'all APIs' : hold.api,
          fields: html`<input type="hidden" name="api" value="${hold.api}" />`,
        }),
  ]);
  return html`${table({
    caption: 'APIs that are held',
    columns: [
      text('API'),
      text('Code'),
      text('Since'),
      text('Until'),
      text('Why, and what to do'),
      text('Act'),
    ],
    rows,
    empty:
      'No API is held. A refusal of 1688 holds its API, and a person does with `catalog-sync quota hold`.',
  })}
  ${actions === null ? null : holdForm(c, limits)}`;
}
