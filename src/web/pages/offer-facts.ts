import type { MeasureSource } from '../../model/records.ts';
import type { OfferRow, Package } from '../reads/product-pages.ts';
import { html, type Html, type HtmlValue } from '../html.ts';
import { confidenceRows } from './offer-confidence.ts';
import { badge } from '../parts/badge.ts';
import { facts } from '../parts/facts.ts';
import { count, share, time, yuan } from '../parts/format.ts';

/* What a buyer asks of an offer beside its prices: how it is sold and sent, and by whom. */

const quoteTypes = ['by quantity, no SKUs', 'by SKU', 'by quantity, with SKUs'];

/** 1688's words for offers, merchants and terms; others are shown as they are. */
const words: Readonly<Record<string, string>> = {
  shipIn24Hours: 'within 24 hours',
  shipIn48Hours: 'within 48 hours',
  super_factory: 'super factory',
  powerful_merchants: 'powerful merchant',
  tp_member: 'TrustPass member',
  yx: 'selected by 1688',
  '1688_yx': 'selected by 1688',
  select: 'selected for cross-border trade',
  isOnePsale: 'dropshipping',
  isOnePsaleFreePostage: 'dropshipping, post free',
  isSupportMix: 'mixed orders',
  noReason7DReturn: 'returns within 7 days',
};

const sources: Readonly<Record<MeasureSource, string>> = {
  official: 'measured by 1688',
  seller: 'by the seller',
  estimated: 'estimated by 1688',
};

const ofSource = (source: MeasureSource | null): Html | null =>
  source === null ? null : html` <span class="muted small">${sources[source]}</span>`;

/** `350 g` or `1.2 kg`, and who says so. */
export function weightOf({ weightG, weightSource }: Package): HtmlValue {
  if (weightG === null) return '–';
  const text = weightG < 1000 ? `${String(weightG)} g` : `${String(weightG / 1000)} kg`;
  return html`${text}${ofSource(weightSource)}`;
}

/** `10 × 20 × 30 cm`, and who says so. */
export function sizeOf({ lengthMm, widthMm, heightMm, sizeSource }: Package): HtmlValue {
  if (lengthMm === null || widthMm === null || heightMm === null) return '–';
  const sides = [lengthMm, widthMm, heightMm].map((side) => String(side / 10)).join(' × ');
  return html`${sides} cm${ofSource(sizeSource)}`;
}

function mixTerms({ isMixAllowed, mixAmountCny, mixQuantity, unit }: OfferRow): string {
  if (isMixAllowed === null) return '–';
  if (!isMixAllowed) return 'not allowed';
  const from = [
    ...(mixAmountCny === null ? [] : [yuan(mixAmountCny)]),
    ...(mixQuantity === null ? [] : [`${count(mixQuantity)} ${unit ?? ''}`.trimEnd()]),
  ];
  return from.length === 0 ? 'allowed' : `from ${from.join(' or ')}`;
}

const wordOf = (word: string): string => words[word] ?? word;

/** Null: there are none. */
function badges(all: readonly string[]): Html | null {
  const shown = [...new Set(all.map(wordOf))];
  if (shown.length === 0) return null;
  return html`<p class="badges">${shown.map((word) => html`<span class="badge">${word}</span> `)}</p>`;
}

function sellerOf(offer: OfferRow): Html {
  const { sellerId, sellerName, pickup48hRate, qualityRefundRate } = offer;
  const link =
    sellerId === null
      ? 'not known yet'
      : html`<a href="/products?seller=${encodeURIComponent(sellerId)}">${sellerName ?? sellerId}</a>`;
  const rates = [
    ...(pickup48hRate === null ? [] : [`${share(pickup48hRate)} of orders picked up within 48 hours`]),
    ...(qualityRefundRate === null ? [] : [`${share(qualityRefundRate)} refunded for quality`]),
  ];
  return html`<p class="muted">Seller: ${link}</p>
    ${badges(offer.identities)}
    ${rates.length === 0 ? null : html`<p class="muted small">Of its last 30 days: ${rates.join(', ')}.</p>`}`;
}

function rowsOf(offer: OfferRow): (readonly [string, HtmlValue])[] {
  const { quoteType, minOrderQuantity, batchNumber, unit, isPatentProduct, shippingTimeGuarantee } = offer;
  return [
    ['state', badge(offer.state)],
    ...confidenceRows(offer.confidence),
    ['priced', quoteType === null ? '–' : (quoteTypes[quoteType] ?? '–')],
    ['smallest order', minOrderQuantity === null ? '–' : `${count(minOrderQuantity)} ${unit ?? ''}`],
    ['sold in multiples of', batchNumber === null ? '–' : count(batchNumber)],
    ['mixed orders', mixTerms(offer)],
    ['ships from', offer.shipFrom ?? '–'],
    ['ships', shippingTimeGuarantee === null ? '–' : wordOf(shippingTimeGuarantee)],
    ['weight', weightOf(offer.package)],
    ['size', sizeOf(offer.package)],
    ['buyers who came back', share(offer.repurchaseRate)],
    ['score', offer.tradeScore ?? '–'],
    [
      'patent',
      isPatentProduct === null
        ? '–'
        : isPatentProduct
          ? html`<span class="badge warn">protected</span>`
          : 'none stated',
    ],
    ['seller’s number', offer.cargoNumber ?? '–'],
    ['created', time(offer.sourceCreatedAt)],
    ['modified', time(offer.sourceModifiedAt)],
  ];
}

/** What stands beside the pictures; `chart` comes last. */
export function offerFacts(offer: OfferRow, chart: Html | null): Html {
  const category =
    offer.categoryId === null
      ? '–'
      : html`<a href="/products?category=${offer.categoryId}">${offer.category ?? offer.categoryId}</a>`;
  return html`<div>
    <p>${category}</p>
    ${sellerOf(offer)} ${facts(rowsOf(offer))} ${badges([...offer.offerIdentities, ...offer.tags])}
    <p class="muted small">Offer <code>${offer.offerId}</code></p>
    ${chart}
  </div>`;
}

/** What the seller praises, and the certificates that it shows; null: neither. */
export function sellerWords({ sellingPoints, certificates }: OfferRow): Html | null {
  if (sellingPoints.length + certificates.length === 0) return null;
  return html`<section>
    <h2>What the seller says</h2>
    <ul>
      ${sellingPoints.map((point) => html`<li>${point}</li>`)}
      ${certificates.map(
        ({ name, code }) =>
          html`<li>
            Certificate, not checked: ${name ?? 'without a name'} <code>${code ?? 'no number'}</code>
          </li>`,
      )}
    </ul>
  </section>`;
}
