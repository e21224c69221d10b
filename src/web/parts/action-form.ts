import { html, type Html, type HtmlValue } from '../html.ts';

export interface ActionFormOptions {
  /** Where it is sent. */
  readonly path: string;
  readonly csrf: string;
  readonly label: string;
  /** The object of the action, for screen readers, which read buttons without context. */
  readonly of?: string;
  /** Further fields. */
  readonly fields?: HtmlValue;
  /** `grave`: it removes something; `quiet`: one of many, in a table. */
  readonly weight?: 'grave' | 'quiet';
}

/** A button that changes something: a form of its own, which only a page of the same log-in can send. */
export function actionForm({ path, csrf, label, of, fields, weight }: ActionFormOptions): Html {
  return html`<form method="post" action="${path}" class="action">
    <input type="hidden" name="csrf" value="${csrf}" />
    ${fields}
    <button
      type="submit"
      class="${weight ?? ''}"
      ${of === undefined ? null : html`aria-label="${label}: ${of}"`}
    >
      ${label}
    </button>
  </form>`;
}
