import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readAgain } from '../../../src/jobs/normalize-and-load.ts';
import { openReprocess, type Reprocess } from '../../../src/maintenance/reprocess/reprocess-store.ts';
import {
  noCounts,
  type ReprocessCounts,
  type ReprocessedOperation,
  type ReprocessSelection,
} from '../../../src/model/reprocess.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { normalizerVersion } from '../../../src/transform/normalize-answer.ts';
import type { TestDatabase } from '../../support/database.ts';
import { createPartlyReadDatabase } from '../../support/first-release.ts';
import { everything, runReprocess } from '../../support/reprocess-world.ts';

/* A database in which less was read: today's code reads more of its stored answers. */

let db: TestDatabase;
/** The newest one of the first release. */
let lastBefore = '0';

beforeAll(async () => {
  db = await createPartlyReadDatabase();
  const { rows } = await db.pool.query<{ last: string }>(
    'SELECT coalesce(max(reprocess_id), 0) AS last FROM sync.reprocess',
  );
  lastBefore = rows[0]?.last ?? '0';
});
afterAll(() => db.drop());

async function withReprocess<T>(
  isApplied: boolean,
  work: (open: Reprocess) => Promise<T>,
  selection: Partial<ReprocessSelection> = {},
): Promise<T> {
  const open = await openReprocess({
    pool: db.pool,
    selection: { ...everything, ...selection },
    normalizerVersion,
    learn,
    isApplied,
    read: readAgain,
  });
  try {
    return await work(open);
  } finally {
    await open.release();
  }
}

/** Answers of an operation, so many at a time and in so many batches at most. */
async function correctSome(
  open: Reprocess,
  operation: ReprocessedOperation,
  { limit, batches }: { readonly limit: number; readonly batches: number },
): Promise<ReprocessCounts> {
  let counts = open.counts;
  let afterRawId = open.cursor.operation === operation ? open.cursor.afterRawId : '0';
  for (let nth = 0; nth < batches; nth += 1) {
    const { answers, lastRawId } = await open.listAnswers(operation, afterRawId, limit);
    if (lastRawId === null) break;
    const read = answers.flatMap((stored) => readAgain(stored) ?? []);
    const before = { ...counts, answers: counts.answers + answers.length };
    ({ counts } = await open.correct(read, { operation, afterRawId: lastRawId }, before));
    afterRawId = lastRawId;
  }
  return counts;
}

const readStates = async () =>
  (
    await db.pool.query<{ operation: string | null; afterRawId: string; counts: object; isEnded: boolean }>(
      `SELECT operation, after_raw_id AS "afterRawId", counts, ended_at IS NOT NULL AS "isEnded"
       FROM sync.reprocess WHERE reprocess_id > $1 ORDER BY reprocess_id`,
      [lastBefore],
    )
  ).rows;

it('a dry run counts an offer once, in whatever batches its answers come, and leaves nothing behind', async () => {
  const all = { limit: 10_000, batches: 1 };
  const one = { limit: 1, batches: Infinity };
  for (const operation of ['search.keyword', 'offer.detail'] as const) {
    const together = await withReprocess(false, (open) => correctSome(open, operation, all));
    expect(await withReprocess(false, (open) => correctSome(open, operation, one))).toEqual(together);
    expect(together.offersChanged).toBeGreaterThan(5);
  }
  expect(await readStates()).toEqual([]);
});

it('what a batch corrects is counted on top of what was corrected before', async () => {
  await db.pool.query(
    `WITH own AS (SELECT *, row_number() OVER (ORDER BY offer_id) AS nth FROM catalog.price
                  WHERE sku_id = 0 AND kind = 'list' AND min_quantity = 1),
          removed AS (DELETE FROM catalog.price p USING own WHERE own.nth = 1
                      AND (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (own.offer_id, own.sku_id, own.kind, own.min_quantity)),
          raised AS (UPDATE catalog.price p SET amount_cny = p.amount_cny + 1 FROM own WHERE own.nth IN (2, 3)
                     AND (p.offer_id, p.sku_id, p.kind, p.min_quantity) = (own.offer_id, own.sku_id, own.kind, own.min_quantity)),
          renamed AS (UPDATE catalog.category SET name_zh = 'x' WHERE category_id IN (
                      SELECT category_id FROM catalog.category WHERE name_zh IS NOT NULL ORDER BY 1 LIMIT 4))
     INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     SELECT offer_id, sku_id, kind, 77, 1, valid_from, call_id FROM own WHERE nth IN (4, 5, 6)`,
  );
  const all = { limit: 10_000, batches: 1 };
  const five = {
    pricesAdded: 5,
    pricesRemoved: 5,
    pricesChanged: 5,
    categoriesChanged: 5,
    sellersChanged: 5,
  };
  const correct = (operation: ReprocessedOperation) =>
    withReprocess(false, (open) =>
      correctSome({ ...open, counts: { ...open.counts, ...five } }, operation, all),
    );
  expect(await correct('offer.detail')).toMatchObject({
    pricesAdded: 6,
    pricesRemoved: 8,
    pricesChanged: 7,
    categoriesChanged: 5,
    sellersChanged: 12,
  });
  expect(await correct('category.children')).toMatchObject({ ...five, categoriesChanged: 9 });
});

it('each batch is kept with how far it came, so that the same command goes on behind it', async () => {
  const first = await withReprocess(true, async (open) => {
    expect(open.cursor).toEqual({ operation: null, afterRawId: '0' });
    return correctSome(open, 'offer.detail', { limit: 2, batches: 1 });
  });
  expect(first.answers).toBe(2);
  const [state] = await readStates();
  expect(state).toMatchObject({ operation: 'offer.detail', counts: first, isEnded: false });
  expect(Number(state?.afterRawId)).toBeGreaterThan(0);
  await withReprocess(true, async (open) => {
    expect(open.cursor).toEqual({ operation: 'offer.detail', afterRawId: state?.afterRawId });
    expect(open.counts).toEqual(first);
    const next = await open.listAnswers('offer.detail', open.cursor.afterRawId, 1);
    expect(Number(next.lastRawId)).toBeGreaterThan(Number(state?.afterRawId));
  });
  expect(await readStates()).toHaveLength(1);
});

it('another selection begins anew, and one that came to its end is not gone on with', async () => {
  await withReprocess(
    true,
    async (open) => {
      expect(open.cursor).toEqual({ operation: null, afterRawId: '0' });
      expect(open.counts).toEqual(noCounts);
      await open.end();
    },
    { operation: 'offer.detail' },
  );
  await withReprocess(
    true,
    async (open) => {
      expect(open.cursor.operation).toBeNull();
    },
    { operation: 'offer.detail' },
  );
  expect((await readStates()).map(({ isEnded }) => isEnded)).toEqual([false, true, false]);
});

it('what a stopped one had corrected is not corrected again', async () => {
  const { answers } = await runReprocess(db.pool, true);
  expect(answers).toBeGreaterThan(2);
  expect((await readStates())[0]).toMatchObject({ isEnded: true, counts: { answers } });
});

it('answers that are kept no longer are counted, of one offer and operation too', async () => {
  const { rows } = await db.pool.query<{ offerId: string; detail: number; search: number }>(
    `SELECT offer_id AS "offerId", count(*) FILTER (WHERE source = 'detail')::int AS detail,
            count(*) FILTER (WHERE source = 'search')::int AS search
     FROM catalog.observation GROUP BY 1 HAVING count(DISTINCT source) = 2
     ORDER BY abs(count(*) FILTER (WHERE source = 'detail') - count(*) FILTER (WHERE source = 'search')) DESC, 1 LIMIT 1`,
  );
  const { offerId, detail, search } = rows[0] ?? { offerId: '0', detail: 0, search: 0 };
  expect(search).not.toBe(detail);
  const lost = (selection: Partial<ReprocessSelection>) =>
    withReprocess(false, (open) => open.countLost(), selection);
  expect(await lost({ offerId })).toBe(0);
  await db.pool.query('CREATE TABLE public.kept AS SELECT * FROM raw.payload; DELETE FROM raw.payload');
  expect(await lost({ offerId })).toBe(detail + search);
  expect(await lost({ offerId, operation: 'offer.detail' })).toBe(detail);
  expect(await lost({ offerId, operation: 'search.keyword' })).toBe(search);
  expect(await lost({ offerId, since: '2100-01-01T00:00:00Z' })).toBe(0);
  await db.pool.query(
    'INSERT INTO raw.payload OVERRIDING SYSTEM VALUE SELECT * FROM public.kept; DROP TABLE public.kept',
  );
});

it('of all answers, those are counted as kept no longer whose calls were before the oldest that is', async () => {
  const { pool } = db;
  const count = async (where: string) => {
    const { rows } = await pool.query<{ calls: number }>(
      `SELECT count(*)::int AS calls FROM usage.api_call c WHERE raw_id IS NOT NULL AND ${where}`,
    );
    return rows[0]?.calls ?? 0;
  };
  const lost = (selection: Partial<ReprocessSelection> = {}) =>
    withReprocess(false, (open) => open.countLost(), selection);
  const [all, details] = [await count('true'), await count(`operation = 'offer.detail'`)];
  expect(details).toBeGreaterThan(0);
  expect(all).toBeGreaterThan(details);
  expect(await lost()).toBe(0);
  await pool.query('CREATE TABLE public.kept AS SELECT * FROM raw.payload; DELETE FROM raw.payload');
  expect(await lost()).toBe(all);
  expect(await lost({ operation: 'offer.detail' })).toBe(details);
  expect(await lost({ since: '2100-01-01T00:00:00Z' })).toBe(0);
  await pool.query(
    `INSERT INTO raw.payload OVERRIDING SYSTEM VALUE
     SELECT * FROM public.kept ORDER BY raw_id OFFSET (SELECT count(*) / 2 FROM public.kept) LIMIT 1`,
  );
  const before = await count(
    `(SELECT c.granted_at < p.observed_at AND c.raw_id <> p.raw_id FROM raw.payload p)`,
  );
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(all - 1);
  expect(await lost()).toBe(before);
  await pool.query('DELETE FROM raw.payload');
  await pool.query(
    'INSERT INTO raw.payload OVERRIDING SYSTEM VALUE SELECT * FROM public.kept; DROP TABLE public.kept',
  );
});

it('a login that may make no temporary table is told so, and keeps no connection', async () => {
  const name = `no_tables_${randomBytes(5).toString('hex')}`;
  const url = new URL(db.url);
  await db.pool.query(`REVOKE TEMPORARY ON DATABASE ${url.pathname.slice(1)} FROM PUBLIC`);
  await db.pool.query(`CREATE ROLE ${name} LOGIN PASSWORD 'of-nobody'`);
  const pool = new Pool({
    connectionString: Object.assign(url, { username: name, password: 'of-nobody' }).href,
  });
  try {
    const options = {
      pool,
      selection: everything,
      normalizerVersion,
      learn,
      isApplied: false,
      read: readAgain,
    };
    await expect(openReprocess(options)).rejects.toMatchObject({ code: 'DATABASE_REFUSED' });
    expect(pool.totalCount).toBe(0);
  } finally {
    await pool.end();
    await db.pool.query(`DROP ROLE ${name}`);
  }
});
