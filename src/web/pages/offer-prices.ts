import { countOf } from '../../core/count-of.ts';
import { priceKinds, type PriceKind } from '../../model/records.ts';
import type { ExplainedPrice } from '../reads/explain-offer.ts';
import { html, type Html } from '../html.ts';
import { count, time, yuan } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

/* The prices of an offer, those that hold and those that have ended. */

/** Earlier prices shown: one a day for half a year. */
const shownEarlier = 200;

/** Whose a price is; docs/prices.md has more. */
const kindWords: Readonly<Record<PriceKind, string>> = {
  list: 'list',
  plus: 'members of PLUS',
  promotion: 'promotion',
  dropship: 'dropshipping, post free',
  distribution: 'distributors',
  retail: 'retail, recommended',
  consign: 'dropshipping, deprecated',
  jxhy: 'curated supply, deprecated',
  jxhy_wholesale: 'curated supply wholesale, deprecated',
  search: 'in searches',
  search_consign: 'in searches: dropshipping',
  search_promotion: 'in searches: members or promotion',
  search_jxhy: 'in searches: curated supply, deprecated',
  search_jxhy_wholesale: 'in searches: curated supply wholesale, deprecated',
};

/** In the order in which people ask for them. */
const kindOrder: readonly string[] = priceKinds;

function kindOf(kind: string): Html {
  const known = priceKinds.find((one) => one === kind);
  return html`${known === undefined ? kind : kindWords[known]} <code>${kind}</code>`;
}

const nameOf = ({ skuId, label }: ExplainedPrice): string => (skuId === '0' ? 'the offer' : (label ?? skuId));

/** Whether a list price of one unit is the retail price, taken for it where the ranges begin above (docs/prices.md). */
function isAssumed(
  tier: ExplainedPrice,
  tiers: readonly ExplainedPrice[],
  holding: readonly ExplainedPrice[],
): boolean {
  const { kind, minQuantity, skuId, amountCny } = tier;
  return (
    kind === 'list' &&
    minQuantity === 1 &&
    tiers.length > 1 &&
    holding.some(
      (one) => one.kind === 'retail' && ['0', skuId].includes(one.skuId) && one.amountCny === amountCny,
    )
  );
}

/** Current prices, a row each SKU and kind, with its tiers beside one another. */
export function priceTable(prices: readonly ExplainedPrice[]): Html {
  const holding = prices.filter(({ validTo }) => validTo === null);
  const rows = new Map<string, [...ExplainedPrice[], ExplainedPrice]>();
  for (const price of holding) {
    const key = `${String(kindOrder.indexOf(price.kind))} ${price.skuId}`;
    rows.set(key, [...(rows.get(key) ?? []), price]);
  }
  const sorted = [...rows].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const tierOf = (tier: ExplainedPrice, tiers: readonly ExplainedPrice[]) =>
    html`<span class="tier"
      ><strong>${yuan(tier.amountCny)}</strong>
      <span class="muted"
        >${count(tier.minQuantity)}+ ${isAssumed(tier, tiers, holding) && html`<em>assumed</em>`}</span
      ></span
    >`;
  return table({
    caption: 'Prices that hold',
    columns: [text('For'), text('Price'), text('Yuan a unit, from so many units on'), text('Since')],
    rows: sorted.map(([, tiers]) => {
      const [first] = tiers;
      const newest = new Date(Math.max(...tiers.map(({ validFrom }) => validFrom.getTime())));
      return [nameOf(first), kindOf(first.kind), tiers.map((tier) => tierOf(tier, tiers)), time(newest)];
    }),
    empty: 'No price holds.',
  });
}

/** Null: none has ended. */
export function historyTable(prices: readonly ExplainedPrice[]): Html | null {
  const ended = prices.flatMap(({ validTo, ...price }) => (validTo === null ? [] : [{ ...price, validTo }]));
  if (ended.length === 0) return null;
  return html`<details>
    <summary>${countOf(ended.length, 'earlier price')}</summary>
    ${table({
      caption: 'Prices that have ended',
      columns: [
        text('For'),
        text('Price'),
        number('From units'),
        number('Yuan a unit'),
        text('From'),
        text('To'),
      ],
      rows: ended
        .toSorted((a, b) => b.validTo.getTime() - a.validTo.getTime())
        .slice(0, shownEarlier)
        .map((price) => [
          nameOf(price),
          kindOf(price.kind),
          count(price.minQuantity),
          yuan(price.amountCny),
          time(price.validFrom),
          time(price.validTo),
        ]),
    })}
    ${
      ended.length > shownEarlier
        ? html`<p>The newest ${count(shownEarlier)}; <code>catalog.price_history</code> has all.</p>`
        : null
    }
  </details>`;
}
