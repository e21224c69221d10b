import type { OfferRow, OfferSku } from '../reads/product-pages.ts';
import { html, type Html } from '../html.ts';
import { badge } from '../parts/badge.ts';
import { count } from '../parts/format.ts';
import { productImage } from '../parts/product-image.ts';
import { priceChart } from '../parts/price-chart.ts';
import { number, table, text } from '../parts/table.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { notFoundPage } from './not-found.ts';
import { offerFacts, sellerWords, sizeOf, weightOf } from './offer-facts.ts';
import { historyTable, priceTable } from './offer-prices.ts';
import { priceLine } from './price-line.ts';
import { provenance, shownObservations } from './provenance.ts';
import { readId } from './read-ids.ts';
import { show } from './show.ts';

const shownImages = 9;

function gallery({ images, offerId }: OfferRow, { imageSource }: WebDeps): Html {
  if (images.length === 0) return html`<div class="gallery">${productImage(imageSource, null, '')}</div>`;
  return html`<div class="gallery">
    ${images
      .slice(0, shownImages)
      .map((url, i) => productImage(imageSource, url, `Picture ${String(i + 1)} of offer ${offerId}`))}
  </div>`;
}

function skuTable(skus: readonly OfferSku[]): Html {
  const isMeasured = skus.some(({ package: { weightG, lengthMm } }) => weightG !== null || lengthMm !== null);
  const measures = isMeasured ? [text('Weight'), text('Size')] : [];
  return table({
    caption: 'SKUs',
    columns: [text('SKU'), text('State'), number('Stock'), ...measures, text('Seller’s number'), text('Id')],
    rows: skus.map((sku) => [
      sku.label ?? '–',
      badge(sku.state),
      sku.stock === null ? '–' : count(sku.stock),
      ...(isMeasured ? [weightOf(sku.package), sizeOf(sku.package)] : []),
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
  const chart = priceChart(priceLine(prices, observations, now, offer.minOrderQuantity), now);
  const body = html`<h1 lang="zh">${title}</h1>
    ${
      subjectTranslated === null || subjectTranslated === subject
        ? null
        : html`<p class="subtitle">${subjectTranslated}</p>`
    }
    <div class="offer">${gallery(offer, deps)} ${offerFacts(offer, chart)}</div>
    <section>
      <h2>Prices</h2>
      ${priceTable(prices)} ${historyTable(prices)}
    </section>
    <section>
      <h2>SKUs</h2>
      ${skuTable(offer.skus)}
    </section>
    ${sellerWords(offer)} ${attributeTable(offer)} ${provenance(explanation)}`;
  return show(c, deps, { title, section: '/products', body });
}
