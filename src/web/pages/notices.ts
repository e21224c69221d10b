import { html, type Html } from '../html.ts';
import type { WebContext } from '../web-deps.ts';

/** What became of an action, by the word that its redirect carries. Anyone can set the query, so it is only a key. */
const notices: Readonly<Record<string, string>> = {
  'run-begun': 'The run has started.',
  'run-active': 'A run of this scope is already active: this one.',
  cancelled: 'The run is cancelled. Calls in flight still finish, and their answers are stored.',
  held: 'The API is held. Calls in flight still finish.',
  resumed: 'The API is no longer held.',
  'not-held': 'The API was not held.',
  retried: 'The next run retries what was given up.',
  'nothing-to-retry': 'It was already retried.',
  connected: 'The app is authorised; its tokens are stored, encrypted with TOKEN_KEY.',
};

/** Shows what the last action did. */
export function noticeOf(c: WebContext): Html | null {
  const text = Object.hasOwn(notices, c.req.query('done') ?? '')
    ? notices[c.req.query('done') ?? '']
    : undefined;
  return text === undefined ? null : html`<p class="notice good" role="status">${text}</p>`;
}
