import type { SeenChange, SeenChanges } from '../reads/run-pages.ts';
import { html, type Html } from '../html.ts';
import { count } from '../parts/format.ts';
import { table, text } from '../parts/table.ts';
import { offerLink } from '../parts/offer-link.ts';

/** Offers whose changes a run shows at first. */
export const firstOffers = 10;

/** Descriptions are long; the page of the offer has all of it. */
const shownChars = 80;

const clip = (value: string | null): string => {
  if (value === null) return '–';
  return value.length > shownChars ? `${value.slice(0, shownChars)}…` : value;
};

function ofOffer(changes: readonly SeenChange[]): Html {
  return html`<ul class="changes">
    ${changes.map(
      (change) =>
        html`<li>
          <strong>${change.field}</strong>: ${clip(change.old)}
          <span class="muted">→</span> ${clip(change.new)}
        </li>`,
    )}
  </ul>`;
}

/** The fields that a run saw change, an offer a row. */
export function changesByOffer(runId: string, { changes, offers }: SeenChanges): Html {
  const groups = new Map<string, [...SeenChange[], SeenChange]>();
  for (const change of changes) groups.set(change.offerId, [...(groups.get(change.offerId) ?? []), change]);
  const rows = [...groups.values()].map((own) => [offerLink(own[0].offerId, own[0].subject), ofOffer(own)]);
  const list = table({
    caption: 'Fields that changed, by offer, newest first',
    columns: [text('Offer'), text('Was and is')],
    rows,
    empty:
      'No field of an offer that was known before has changed. New offers and prices are not listed here.',
  });
  if (rows.length >= offers) return list;
  return html`${list}
    <p>
      ${count(rows.length)} of ${count(offers)} offers.
      <a href="/runs/${runId}?changes=all#changes">All</a>
    </p>`;
}
