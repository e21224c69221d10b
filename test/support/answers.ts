import type { Pool } from 'pg';
import type {
  LoadableAnswer,
  LoadableCategory,
  LoadableOffer,
  LoadableSearchPage,
  Provenance,
} from '../../src/model/catalog.ts';
import type {
  CategoryRecord,
  OfferDetail,
  OfferRecord,
  PricePoint,
  SearchRow,
  SellerRecord,
  SkuRecord,
} from '../../src/model/records.ts';
import type { Learn } from '../../src/model/learning.ts';
import { ensurePartitions } from '../../src/db/partitions.ts';
import { learn } from '../../src/refresh/learn.ts';

/* Answers as transform would make them, with everything that a test does not speak about left plain. */

const start = Date.UTC(2026, 2, 10, 12);

/** So many minutes after the tests' beginning. */
export const minute = (minutes: number): Date => new Date(start + minutes * 60_000);

/** For tests in which cursors stand still. */
export const learnNothing: Learn = {
  ...learn,
  window: (prior) => prior,
  split: () => ({ kind: 'whole' }),
  yield: (state) => state,
};

/** A call made at a minute; its id defaults to that minute. */
export function provenance(minutes: number, callId = String(minutes + 1)): Provenance {
  return { callId, rawId: callId, runId: null, observedAt: minute(minutes) };
}

const noPackage = {
  weightG: null,
  weightSource: null,
  lengthMm: null,
  widthMm: null,
  heightMm: null,
  sizeSource: null,
};

export function sku(skuId: string, changes: Partial<SkuRecord> = {}): SkuRecord {
  return {
    skuId,
    specId: null,
    cargoNumber: null,
    attributes: [],
    label: `sku ${skuId}`,
    stock: 5,
    imageUrl: null,
    package: noPackage,
    ...changes,
  };
}

export function price(amountCny: string, changes: Partial<PricePoint> = {}): PricePoint {
  return { skuId: '0', kind: 'list', minQuantity: 1, amountCny, ...changes };
}

export function seller(sellerId: string, changes: Partial<SellerRecord> = {}): SellerRecord {
  return {
    sellerId,
    companyName: null,
    tradeMedalLevel: null,
    compositeServiceScore: null,
    logisticsExperienceScore: null,
    disputeComplaintScore: null,
    offerExperienceScore: null,
    afterSalesExperienceScore: null,
    consultingExperienceScore: null,
    repeatPurchaseRate: null,
    pickup48hRate: null,
    qualityRefundRate: null,
    identities: null,
    ...changes,
  };
}

export type DetailChanges = Partial<Omit<OfferDetail, 'offer'>> & { readonly offer?: Partial<OfferRecord> };

function detail(offerId: string, changes: DetailChanges = {}): OfferDetail {
  const offer: OfferRecord = {
    offerId,
    categoryId: '77',
    sellerId: changes.seller?.sellerId ?? null,
    subject: '杯子',
    subjectTranslated: 'cup',
    sourceStatus: 'published',
    quoteType: 0,
    unit: '个',
    unitTranslated: 'piece',
    minOrderQuantity: 2,
    batchNumber: null,
    stock: 100,
    foreignPrice: null,
    soldCount: 7,
    tradeScore: '4.9',
    imageUrls: ['https://cbu01.alicdn.com/1.jpg'],
    whiteImageUrl: null,
    videoUrl: null,
    shipFrom: '浙江',
    shippingTimeGuarantee: null,
    promotionType: null,
    tags: null,
    isMixAllowed: null,
    mixAmountCny: null,
    mixQuantity: null,
    cargoNumber: null,
    sellingPoints: null,
    certificates: null,
    package: noPackage,
    sourceCreatedAt: '2025-01-02T03:04:05.000Z',
    ...changes.offer,
  };
  return {
    seller: null,
    skus: [],
    attributes: [],
    prices: [],
    unreadPrices: [],
    hasUnreadSkus: false,
    isStatusUnread: false,
    ...changes,
    offer,
  };
}

export function found(offerId: string, from: Provenance, changes: DetailChanges = {}): LoadableOffer {
  const record = { kind: 'found', detail: detail(offerId, changes) } as const;
  return { kind: 'detail', offerId, provenance: from, record, rejects: [], drifts: [] };
}

export function empty(offerId: string, from: Provenance): LoadableOffer {
  const record = { kind: 'gone', offerId } as const;
  return { kind: 'detail', offerId, provenance: from, record, rejects: [], drifts: [] };
}

export function unusable(offerId: string, from: Provenance): LoadableOffer {
  const rejects = [{ path: 'offerId', reason: 'missing', sample: null }];
  return { kind: 'detail', offerId, provenance: from, record: null, rejects, drifts: [] };
}

export function searchRow(offerId: string, changes: Partial<SearchRow> = {}): SearchRow {
  return {
    offerId,
    rank: 1,
    subject: '杯子 搜索',
    subjectTranslated: null,
    mainImageUrl: null,
    priceCny: '9.9',
    isPriceUnread: false,
    furtherPrices: [],
    monthSold: 3,
    repurchaseRate: null,
    sellerIdentities: null,
    offerIdentities: null,
    isPatentProduct: null,
    minOrderQuantity: null,
    categoryId: '77',
    sourceCreatedAt: null,
    sourceModifiedAt: null,
    ...changes,
  };
}

export function searchPage(
  windowId: string,
  from: Provenance,
  rows: readonly SearchRow[],
  changes: { readonly page?: number; readonly totalRecords?: number; readonly pageSize?: number } = {},
): LoadableSearchPage {
  const { page = 1, pageSize = 2, totalRecords = rows.length } = changes;
  return {
    kind: 'search',
    operation: 'search.keyword',
    windowId,
    page,
    pageSize,
    provenance: from,
    record: { totalRecords, rowsInAnswer: rows.length, rows },
    rejects: [],
    drifts: [],
  };
}

export function node(categoryId: string, changes: Partial<CategoryRecord> = {}): CategoryRecord {
  return {
    categoryId,
    parentId: null,
    parentPath: `place of ${categoryId}`,
    level: null,
    nameZh: null,
    nameTranslated: null,
    isLeaf: null,
    isRetired: false,
    ...changes,
  };
}

export function categories(
  categoryId: string,
  from: Provenance,
  own: CategoryRecord | null,
  children: readonly CategoryRecord[] = [],
): LoadableCategory {
  const record = { node: own, children };
  return { kind: 'category', categoryId, provenance: from, record, rejects: [], drifts: [] };
}

/** The stored answers that the given ones were read from. */
export async function storeRaw(pool: Pool, answers: readonly LoadableAnswer[]): Promise<void> {
  await ensurePartitions(pool, minute(0));
  for (const { provenance: from } of answers) {
    await pool.query(
      `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at,
         http_status, body, body_bytes, body_sha256)
       VALUES ($1, $2, $3, 'offer.detail', '{}', '\\x00', $2, 200, '\\x00', 1, '\\x00')`,
      [from.rawId, from.observedAt, from.callId],
    );
  }
}

/** A window of a feed; gives its id. */
export async function addWindow(
  pool: Pool,
  keyword = 'cup',
  maxPages: number | null = null,
): Promise<string> {
  const { rows } = await pool.query<{ window_id: string }>(
    `INSERT INTO sync.search_window (feed, keyword, language, max_pages, leased_by, leased_until)
     VALUES ('cups', $1, 'en', $2, 1, now()) RETURNING window_id`,
    [keyword, maxPages],
  );
  return rows[0]?.window_id ?? '';
}

/** Lets the planner know of so many offers that were found that the empty details of one property are believed. */
export const believeEmptyDetails = (pool: Pool) =>
  pool.query('UPDATE sync.planner SET recent_found = 1000, recent_empty = 0');
