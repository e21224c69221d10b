import { html, type Html } from '../html.ts';

/** The id of a call, which is the request id that 1688 got, as a link to its page. */
export function callLink(callId: string, label = callId): Html {
  return html`<a href="/calls/${callId}">${label}</a>`;
}

/** Finds a call by its id, as logs and 1688 have it. */
export function callSearch(): Html {
  return html`<form method="get" action="/calls" class="action">
    <label>Call by its request id <input name="id" inputmode="numeric" maxlength="18" required /></label>
    <button type="submit" class="quiet">Find</button>
  </form>`;
}
