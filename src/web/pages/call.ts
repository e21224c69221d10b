import type { JsonValue } from '../../core/json.ts';
import type { CallRow } from '../reads/call-pages.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { badge } from '../parts/badge.ts';
import { callSearch } from '../parts/call-link.ts';
import { facts } from '../parts/facts.ts';
import { apiName, count, span, time } from '../parts/format.ts';
import { indentJson } from '../parts/indent-json.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { describeCause } from './error-table.ts';
import { notFoundPage } from './not-found.ts';
import { readId } from './read-ids.ts';
import { show } from './show.ts';

/** Characters of an answer that a page shows; at ten times this, a phone is busy for seconds. */
const shownChars = 200_000;

const section = '/usage';

function unknownCall(c: WebContext, deps: WebDeps): Promise<Response> {
  const body = html`<section class="card">
    <h1>No such call</h1>
    <p>
      No call with this id is stored. It was never made, or its month was dropped:
      <code>retention.calls</code> in <code>catalog-sync.yaml</code> says how long calls are kept.
    </p>
    ${callSearch()}
  </section>`;
  return show(c, deps, { title: 'No such call', section, body }, 404);
}

/** `/calls?id=`: leads to the page of a call. */
export function findCallPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const callId = readId(c.req.query('id')?.trim());
  return callId === null ? unknownCall(c, deps) : Promise.resolve(c.redirect(`/calls/${callId}`, 303));
}

const stateNames: Readonly<Record<CallRow['state'], string>> = {
  reserved: 'under way',
  committed: 'answered',
  refunded: 'given back: nothing was sent',
  unknown: 'end unknown: it counts',
};

function outcomeBadge({ outcome, state }: CallRow): Html {
  if (outcome === 'ok') return badge('ok');
  const word = outcome?.replaceAll('_', ' ') ?? stateNames[state];
  return html`<span class="badge ${state === 'reserved' ? 'busy' : 'warn'}">${word}</span>`;
}

/** Why it brought nothing, and what to do; null: it did, or is under way. */
function causeCard(call: CallRow, deps: WebDeps): Html | null {
  const { outcome, state, errorCode: code, gatewayCode } = call;
  if (outcome === 'ok' || state === 'reserved') return null;
  const { name, recovery, remedy } = describeCause({ code, gatewayCode, outcome: outcome ?? state }, deps);
  return html`<section class="card hero bad">
    <h2><code>${name}</code></h2>
    <p>${remedy}</p>
    <p class="muted">By itself: ${recovery}.</p>
  </section>`;
}

/** A value of a request, with a link to what it names. */
function showPart(name: string, value: JsonValue): HtmlValue {
  if (typeof value === 'object') return value === null ? '–' : JSON.stringify(value);
  const text = String(value);
  const query = encodeURIComponent(text);
  if (name === 'offerId') return html`<a href="/products/${query}">${text}</a>`;
  if (name === 'categoryId') return html`<a href="/products?category=${query}">${text}</a>`;
  if (name === 'sellerId') return html`<a href="/products?seller=${query}">${text}</a>`;
  return text;
}

function requestCard({ request, api, operation, lane, feed, runId, jobId }: CallRow): Html {
  const parts = Object.entries(request).filter(([name]) => name !== 'operation');
  const rows: (readonly [string, HtmlValue])[] = [
    ['API', apiName(api)],
    ['operation', operation],
    ['lane', lane],
    ['run', runId === null ? 'none' : html`<a href="/runs/${runId}">Run ${runId}</a>`],
    ...(feed === null ? [] : [['feed', feed] as const]),
    ...(jobId === null ? [] : [['job', html`<code>${jobId}</code>`] as const]),
    ...parts.map(([name, value]) => [name, showPart(name, value)] as const),
  ];
  return html`<section class="card">
    <h2>What it asked for</h2>
    ${facts(rows)}
  </section>`;
}

const since = (at: Date | null, from: Date): HtmlValue =>
  at === null ? '–' : html`${time(at)} (after ${span(at.getTime() - from.getTime())})`;

function outcomeCard(call: CallRow): Html {
  const { grantedAt, sendAt, sentAt, settledAt, latencyMs, httpStatus, gatewayCode } = call;
  return html`<section class="card">
    <h2>From request to outcome</h2>
    ${facts([
      ['granted', time(grantedAt)],
      ['send time', since(sendAt, grantedAt)],
      ['sent', since(sentAt, grantedAt)],
      ['settled', since(settledAt, grantedAt)],
      ['answer took', latencyMs === null ? '–' : `${count(latencyMs)} ms`],
      ['state', stateNames[call.state]],
      ['HTTP status', httpStatus ?? '–'],
      ['code of 1688', gatewayCode === null ? '–' : html`<code>${gatewayCode}</code>`],
    ])}
  </section>`;
}

function answerLine({ callId, rawId, hasAnswer, erasedAt }: CallRow): Html {
  if (rawId !== null)
    return html`<p>
      <a class="button" href="/calls/${callId}/answer">Show the stored answer</a>
      ${erasedAt === null ? null : html`<span class="muted">erased ${time(erasedAt)}</span>`}
    </p>`;
  return html`<p class="empty">
    ${hasAnswer ? 'Its answer is no longer stored.' : 'No answer of it is stored: only good ones are.'}
  </p>`;
}

/** When its answer was loaded; of none, and of one that is no longer stored, nobody knows. */
function loadedOf({ state, rawId, loadedAt }: CallRow): Html {
  return time(loadedAt, state === 'reserved' || rawId !== null ? 'not yet' : '–');
}

function yieldCard(call: CallRow): Html {
  const figure = (value: number | null) => (value === null ? '–' : count(value));
  return html`<section class="card">
    <h2>What it brought</h2>
    ${facts([
      ['bytes', figure(call.responseBytes)],
      ['rows loaded', figure(call.rowsLoaded)],
      ['new offers', figure(call.offersNew)],
      ['changed offers', figure(call.offersChanged)],
      ['changed prices', figure(call.pricesChanged)],
      ['loaded', loadedOf(call)],
    ])}
    ${answerLine(call)}
  </section>`;
}

/** `/calls/:id`: one call, from its request to its outcome. */
export async function callPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const callId = readId(c.req.param('id'));
  const call = callId === null ? null : await deps.stores.calls.readCall(callId);
  if (call === null) return unknownCall(c, deps);
  const body = html`<h1>Call ${call.callId} ${outcomeBadge(call)}</h1>
    <p class="subtitle">
      ${call.operation}, ${time(call.grantedAt)}. 1688 got this id as <code>x-request-id</code>; the log has
      it as <code>callId</code>.
    </p>
    ${causeCard(call, deps)}
    <div class="halves">${requestCard(call)} ${outcomeCard(call)} ${yieldCard(call)}</div>`;
  return show(c, deps, { title: `Call ${call.callId}`, section, body });
}

/** `/calls/:id/answer`: the answer of a call as it is stored. */
export async function answerPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const callId = readId(c.req.param('id'));
  const call = callId === null ? null : await deps.stores.calls.readCall(callId);
  if (call === null) return unknownCall(c, deps);
  const answer = call.rawId === null ? null : await deps.readAnswer(call.rawId);
  if (answer === null) return notFoundPage(c, deps);
  const text = indentJson(answer.body.toString());
  const isCut = text.length > shownChars;
  const body = html`<h1>Answer of call ${call.callId}</h1>
    <p class="subtitle">
      ${count(answer.body.length)} bytes, HTTP status ${answer.httpStatus}.
      <a href="/calls/${call.callId}">The call</a>
    </p>
    ${isCut ? html`<p class="notice warn">Only the first ${count(shownChars)} characters are shown.</p>` : null}
    <pre class="answer" tabindex="0" role="region" aria-label="Stored answer">
${text.slice(0, shownChars)}</pre>`;
  return show(c, deps, { title: `Answer of call ${call.callId}`, section, body });
}
