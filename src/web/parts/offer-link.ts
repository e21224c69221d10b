import { html, type Html } from '../html.ts';

/** An offer by its title, as a link to its page. */
export function offerLink(offerId: string, subject: string | null): Html {
  return html`<a class="name" href="/products/${offerId}">${subject ?? `Offer ${offerId}`}</a>`;
}
