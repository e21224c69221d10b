import { priceKinds } from '../../model/records.ts';
import type { ExplainedPrice } from '../reads/explain-offer.ts';
import type { OfferRow, OfferSku } from '../reads/product-pages.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { badge } from '../parts/badge.ts';
import { facts } from '../parts/facts.ts';
import { count, time, yuan } from '../parts/format.ts';
import { productImage } from '../parts/product-image.ts';
import { priceChart } from '../parts/price-chart.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { notFoundPage } from './not-found.ts';
import { priceLine } from './price-line.ts';
import { provenance } from './provenance.ts';
import { readId } from './read-ids.ts';
import { show } from './show.ts';

/** Observations and changes of an offer; one a day for half a year. */
const shownObservations = 200;
const shownImages = 9;

function gallery({ images, offerId }: OfferRow, { imageSource }: WebDeps): Html {
  if (images.length === 0) return html`<div class="gallery">${productImage(imageSource, null, '')}</div>`;
  return html`<div class="gallery">
    ${images
      .slice(0, shownImages)
      .map((url, i) => productImage(imageSource, url, `Picture ${String(i + 1)} of offer ${offerId}`))}
  </div>`;
}

const quoteTypes = ['by quantity, no SKUs', 'by SKU', 'by quantity, with SKUs'];

function description(offer: OfferRow, chart: Html | null): Html {
  const sellerLink =
    offer.sellerId === null
      ? 'not known yet'
      : html`<a href="/products?seller=${encodeURIComponent(offer.sellerId)}"
          >${offer.sellerName ?? offer.sellerId}</a
        >`;
  const categoryLink =
    offer.categoryId === null
      ? '–'
      : html`<a href="/products?category=${offer.categoryId}">${offer.category ?? offer.categoryId}</a>`;
  const rows: (readonly [string, HtmlValue])[] = [
    ['state', badge(offer.state)],
    ['priced', offer.quoteType === null ? '–' : (quoteTypes[offer.quoteType] ?? '–')],
    [
      'smallest order',
      offer.minOrderQuantity === null ? '–' : `${count(offer.minOrderQuantity)} ${offer.unit ?? ''}`,
    ],
    ['sold in multiples of', offer.batchNumber === null ? '–' : count(offer.batchNumber)],
    ['ships from', offer.shipFrom ?? '–'],
    ['score', offer.tradeScore ?? '–'],
    ['created', time(offer.sourceCreatedAt)],
    ['modified', time(offer.sourceModifiedAt)],
  ];
  return html`<div>
    <p>${categoryLink}</p>
    <p class="muted">Seller: ${sellerLink}</p>
    ${facts(rows)}
    <p class="muted small">Offer <code>${offer.offerId}</code></p>
    ${chart}
  </div>`;
}

/** In the order in which people ask for them. */
const kindOrder: readonly string[] = priceKinds;

/** Current prices, a row each SKU and kind, with its tiers beside one another. */
function priceTable(prices: readonly ExplainedPrice[]): Html {
  const rows = new Map<string, ExplainedPrice[]>();
  for (const price of prices.filter(({ validTo }) => validTo === null)) {
    const key = `${String(kindOrder.indexOf(price.kind))} ${price.skuId}`;
    rows.set(key, [...(rows.get(key) ?? []), price]);
  }
  const sorted = [...rows].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return table({
    caption: 'Prices that hold',
    columns: [text('For'), text('Price'), text('Yuan a unit, from so many units on'), text('Since')],
    rows: sorted.flatMap(([, tiers]) => {
      const [first] = tiers;
      if (!first) return [];
      const newest = new Date(Math.max(...tiers.map(({ validFrom }) => validFrom.getTime())));
      return [
        [
          first.skuId === '0' ? 'the offer' : (first.label ?? first.skuId),
          first.kind,
          tiers.map(
            (tier) =>
              html`<span class="tier"
                ><strong>${yuan(tier.amountCny)}</strong>
                <span class="muted">${count(tier.minQuantity)}+</span></span
              >`,
          ),
          time(newest),
        ],
      ];
    }),
    empty: 'No price holds.',
  });
}

function historyTable(prices: readonly ExplainedPrice[]): Html | null {
  const ended = prices.filter(({ validTo }) => validTo !== null);
  if (ended.length === 0) return null;
  return html`<details>
    <summary>${count(ended.length)} earlier prices</summary>
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
        .toSorted((a, b) => (b.validTo?.getTime() ?? 0) - (a.validTo?.getTime() ?? 0))
        .slice(0, shownObservations)
        .map((price) => [
          price.skuId === '0' ? 'the offer' : (price.label ?? price.skuId),
          price.kind,
          count(price.minQuantity),
          yuan(price.amountCny),
          time(price.validFrom),
          time(price.validTo),
        ]),
      empty: '',
    })}
  </details>`;
}

function skuTable(skus: readonly OfferSku[]): Html {
  return table({
    caption: 'SKUs',
    columns: [text('SKU'), text('State'), number('Stock'), text('Seller’s number'), text('Id')],
    rows: skus.map((sku) => [
      sku.label ?? '–',
      badge(sku.state),
      sku.stock === null ? '–' : count(sku.stock),
      sku.cargoNumber ?? '–',
      html`<code>${sku.skuId}</code>`,
    ]),
    empty: 'It has no SKUs, or none are known yet.',
  });
}

function attributeTable({ attributes }: OfferRow): Html | null {
  if (attributes.length === 0) return null;
  return html`<section>
    <h2>Attributes</h2>
    ${table({
      caption: 'Attributes',
      columns: [text('Name'), text('Value')],
      rows: attributes.map(({ name, value }) => [name ?? '–', value ?? '–']),
      empty: '',
    })}
  </section>`;
}

/** `/products/:id`: all data of an offer, and their sources. */
export async function offerPage(c: WebContext, deps: WebDeps): Promise<Response> {
  const { products, quota } = deps.stores;
  const offerId = readId(c.req.param('id'));
  if (offerId === null) return notFoundPage(c, deps);
  const [offer, explanation, now] = await Promise.all([
    products.readOffer(offerId),
    products.explainOffer(offerId, shownObservations),
    quota.ledgerNow(),
  ]);
  if (offer === null || explanation === null) return notFoundPage(c, deps);
  const { subject, subjectTranslated } = offer;
  const title = subject ?? `Offer ${offerId}`;
  const { prices, observations } = explanation;
  const chart = priceChart(priceLine(prices, observations, now), now);
  const body = html`<h1 lang="zh">${title}</h1>
    ${
      subjectTranslated === null || subjectTranslated === subject
        ? null
        : html`<p class="subtitle">${subjectTranslated}</p>`
    }
    <div class="offer">${gallery(offer, deps)} ${description(offer, chart)}</div>
    <section>
      <h2>Prices</h2>
      ${priceTable(prices)} ${historyTable(prices)}
    </section>
    <section>
      <h2>SKUs</h2>
      ${skuTable(offer.skus)}
    </section>
    ${attributeTable(offer)} ${provenance(explanation)}`;
  return show(c, deps, { title, section: '/products', body });
}
