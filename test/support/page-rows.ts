import type { ExplainedPrice } from '../../src/web/reads/explain-offer.ts';
import type { OfferRow, Package } from '../../src/web/reads/product-pages.ts';
import type { RunRow } from '../../src/web/reads/run-pages.ts';

/* Rows as the reads of the pages give them, with everything that a test does not speak about left plain. */

/** A run that asked for nothing special and found nothing, from 8:00 to 8:10 UTC. */
export const runRow = (changes: Partial<RunRow> = {}): RunRow => ({
  ...{ runId: '7', scope: 'all', trigger: 'cli', status: 'succeeded', cause: null },
  ...{ callsUsed: 0, budgetCalls: null, feeds: ['bags'], categories: 0 },
  ...{
    offersNew: 0,
    offersCompleted: 0,
    offersChanged: 0,
    offersUnchanged: 0,
    pricesOpened: 0,
    pricesClosed: 0,
  },
  ...{ rejects: 0, errors: 0, lastErrorCode: null, postponed: 0, nextTryAt: null, forecast: null },
  requestedAt: new Date('2026-11-25T07:59:30Z'),
  startedAt: new Date('2026-11-25T08:00:00Z'),
  endedAt: new Date('2026-11-25T08:10:00Z'),
  ...{ deadlineAt: null, isDriven: false },
  ...changes,
});

/** Nothing is known of it. */
export const unknownPackage: Package = {
  ...{ weightG: null, weightSource: null, sizeSource: null },
  ...{ lengthMm: null, widthMm: null, heightMm: null },
};

/** A listed offer of which nothing else is known. */
export const offerRow = (changes: Partial<OfferRow> = {}): OfferRow => ({
  ...{ offerId: '601', subject: null, subjectTranslated: null, state: 'listed', sourceStatus: null },
  ...{ quoteType: null, unit: null, minOrderQuantity: null, batchNumber: null, tradeScore: null },
  ...{ shipFrom: null, shippingTimeGuarantee: null, package: unknownPackage },
  ...{ isMixAllowed: null, mixAmountCny: null, mixQuantity: null, cargoNumber: null, isPatentProduct: null },
  ...{ repurchaseRate: null, pickup48hRate: null, qualityRefundRate: null },
  ...{ identities: [], offerIdentities: [], tags: [], sellingPoints: [], certificates: [], videoUrl: null },
  ...{ confidence: null, categoryId: null, category: null, sellerId: null, sellerName: null },
  ...{ sourceCreatedAt: null, sourceModifiedAt: null, images: [], attributes: [], skus: [] },
  ...changes,
});

/** A list price of the whole offer for one unit, that holds since November 1. */
export const priceRow = (amountCny: string, changes: Partial<ExplainedPrice> = {}): ExplainedPrice => ({
  ...{ skuId: '0', label: null, kind: 'list', minQuantity: 1, amountCny },
  ...{ validFrom: new Date('2026-11-01T00:00:00Z'), validTo: null, callId: '1', closedByCallId: null },
  ...changes,
});
