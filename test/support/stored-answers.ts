import type { Pool } from 'pg';
import { createLogger } from '../../src/core/log.ts';
import { addCounts } from '../../src/runs/add-counts.ts';
import { createCatalogLoader, type CatalogLoader } from '../../src/jobs/normalize-and-load.ts';
import { readAgain } from '../../src/jobs/normalize-and-load.ts';
import { ensurePartitions } from '../../src/db/partitions.ts';
import { packBody } from '../../src/raw/stored-answer.ts';
import { createCatalogStore } from '../../src/load/catalog-store.ts';
import { createRawStore } from '../../src/raw/raw-store.ts';
import type { CatalogRequest } from '../../src/model/operation.ts';
import { learn } from '../../src/refresh/learn.ts';
import { normalizerVersion } from '../../src/transform/normalize-answer.ts';
import { minute } from './answers.ts';

/* Answers as 1688 sends them, stored as if calls had brought them. */

/** What is inside the envelope of a detail answer; null: the offer is gone. */
export type DetailPayload = Readonly<Record<string, unknown>> | null;

export const categoryOf = (categoryId: string): CatalogRequest => ({
  operation: 'category.children',
  categoryId,
});

/** What `alibaba.category.get` says of a node and its children. */
export const categoryPayload = (
  categoryId: string,
  children: readonly string[],
  node: Readonly<Record<string, unknown>> = {},
) => ({
  succes: 'true',
  categoryInfo: [
    {
      categoryID: Number(categoryId),
      name: `类 ${categoryId}`,
      isLeaf: false,
      childCategorys: children.map((id) => ({ id: Number(id), name: `类 ${id}`, isLeaf: false })),
      ...node,
    },
  ],
});

const query = {
  language: 'en',
  pageSize: 50,
  page: 1,
  categoryId: null,
  priceMinCny: null,
  priceMaxCny: null,
};

export const detailOf = (offerId: string): CatalogRequest => ({
  operation: 'offer.detail',
  offerId,
  language: 'en',
});

export const searchFor = (keyword: string, page = 1): CatalogRequest => ({
  operation: 'search.keyword',
  keyword,
  ...query,
  page,
});

/** An offer without SKUs, whose price goes by quantity: `{1: '10', 100: '9'}`. */
export function plainOffer(
  offerId: string,
  prices: Readonly<Record<number, unknown>>,
  changes: Readonly<Record<string, unknown>> = {},
): DetailPayload {
  const priceRangeList = Object.entries(prices).map(([startQuantity, price]) => ({ startQuantity, price }));
  return {
    offerId,
    categoryId: '77',
    subject: '杯子',
    subjectTrans: 'cup',
    status: 'published',
    minOrderQuantity: 1,
    productImage: { images: ['https://cbu01.alicdn.com/img/ibank/1.jpg'] },
    productSkuInfos: [],
    productSaleInfo: { quoteType: 0, amountOnSale: 5, priceRangeList, unitInfo: { unit: '个' } },
    ...changes,
  };
}

export const searchPayload = (
  rows: readonly Readonly<Record<string, unknown>>[],
  totalRecords = rows.length,
) => ({
  totalRecords,
  data: rows.map((row) => ({ subject: '杯子', imageUrl: 'https://cbu01.alicdn.com/1.jpg', ...row })),
});

/** The answer to a request as 1688 sends it: categories come without an envelope. */
const bodyOf = ({ operation }: CatalogRequest, payload: unknown): Buffer =>
  operation === 'category.children' ? Buffer.from(JSON.stringify(payload)) : envelope(payload);

/** The body of an answer with this payload. */
export function envelope(payload: unknown): Buffer {
  return Buffer.from(JSON.stringify({ result: { success: true, code: '200', result: payload } }));
}

export interface StoredAnswers {
  readonly loader: CatalogLoader;
  /** Stores an answer that was asked for at a minute; gives its raw id. */
  store(minutes: number, request: CatalogRequest, payload: unknown, windowId?: string): Promise<string>;
  /** Loads what is stored and not loaded yet, one by one. */
  load(): Promise<void>;
  /** `store`, then `load`. */
  answer(minutes: number, request: CatalogRequest, payload: unknown, windowId?: string): Promise<string>;
}

/** Stores and loads answers, as settled calls and the tick would. */
export function openStoredAnswers(pool: Pool): StoredAnswers {
  const log = createLogger({ level: 'silent', pretty: false });
  const catalog = createCatalogStore({ pool, learn, log, normalizerVersion, read: readAgain });
  const loader = createCatalogLoader({ catalog, addCounts });
  const raw = createRawStore({ pool });
  const store: StoredAnswers['store'] = async (minutes, request, payload, windowId) => {
    await ensurePartitions(pool, minute(minutes));
    const { gzipped, bytes, sha256 } = await packBody(bodyOf(request, payload));
    const { rows } = await pool.query<{ raw_id: string }>(
      `INSERT INTO raw.payload (raw_id, stored_at, call_id, window_id, operation, request, request_hash, observed_at,
         http_status, body, body_bytes, body_sha256)
       SELECT id, $1, id, $2, $3, $4, '\\x00', $1, 200, $5, $6, $7 FROM nextval('raw.raw_id_seq') AS id
       RETURNING raw_id`,
      [minute(minutes), windowId ?? null, request.operation, request, gzipped, bytes, sha256],
    );
    return rows[0]?.raw_id ?? '';
  };
  const load = async () => {
    for (
      let lost = await raw.listUnloaded(50, -1e15);
      lost.length > 0;
      lost = await raw.listUnloaded(50, -1e15)
    ) {
      const [failure] = await loader.loadStored(lost);
      if (failure) throw failure.error;
    }
  };
  return {
    loader,
    store,
    load,
    answer: async (...what) => {
      const rawId = await store(...what);
      await load();
      return rawId;
    },
  };
}

/** Detail answers about offers 1 to `count`, stored and marked as loaded, as if nobody had been able to read them. */
export async function storeUnreadDetails(pool: Pool, count: number): Promise<void> {
  await ensurePartitions(pool, minute(0));
  const ids = Array.from({ length: count }, (_, index) => String(index + 1));
  const packed = await Promise.all(
    ids.map((id) => {
      return packBody(envelope(plainOffer(id, { 1: '10', 100: '9' })));
    }),
  );
  await pool.query(
    `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body,
       body_bytes, body_sha256, loaded_at, normalizer_version)
     SELECT id, $1, id, 'offer.detail', request, '\\x00', $1, 200, body, 1, sha256, $1, 1
     FROM unnest($2::jsonb[], $3::bytea[], $4::bytea[]) AS n (request, body, sha256)
     CROSS JOIN LATERAL (SELECT nextval('raw.raw_id_seq') + (request IS NULL)::int AS id) AS own`,
    [
      minute(0),
      ids.map((id) => JSON.stringify(detailOf(id))),
      packed.map(({ gzipped }) => gzipped),
      packed.map(({ sha256 }) => sha256),
    ],
  );
}
