import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { holdErasures } from '../../../src/load/erase/lock-erased-sellers.ts';
import { createEraseStore } from '../../../src/maintenance/erase-store.ts';
import { packBody } from '../../../src/raw/stored-answer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { locksHere } from '../../support/locks.ts';
import { until } from '../../support/until.ts';
import {
  addWindow,
  found,
  learnNothing,
  minute,
  price,
  provenance,
  searchPage,
  searchRow,
  seller,
} from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
afterAll(() => db.drop());

const quietly = () => undefined;
const erase = (sellerId: string) => createEraseStore({ pool: db.pool }).erase(sellerId, quietly);
const select = async (text: string, ...values: unknown[]) =>
  (await db.pool.query<Record<string, unknown>>(text, values)).rows;

async function keepAnswer(rawId: string, operation: string, body: string, request: object): Promise<void> {
  const { gzipped, bytes, sha256 } = await packBody(Buffer.from(body));
  await db.pool.query(
    `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body,
                              body_bytes, body_sha256)
     VALUES ($1, usage.ledger_now(), $1, $2, $3, '\\x00', $4, 200, $5, $6, $7)`,
    [rawId, operation, JSON.stringify(request), minute(0), gzipped, bytes, sha256],
  );
}

it('an offer not known to be theirs is erased by its first detail answer, and is never due again', async () => {
  await erase('known');
  const windowId = await addWindow(db.pool, 'first-detail');
  await store.load([searchPage(windowId, provenance(1), [searchRow('11'), searchRow('12', { rank: 2 })])]);
  await keepAnswer('3', 'offer.detail', '{"sellerOpenId":"known"}', { offerId: '11' });
  await store.load([
    {
      ...found('11', provenance(2), { seller: seller('known'), prices: [price('3.20')] }),
      rejects: [{ path: 'tradeScore', reason: 'not_a_score', sample: 'call me' }],
    },
    found('12', provenance(3), { seller: seller('other') }),
  ]);
  expect(await select('SELECT seller_id FROM catalog.seller ORDER BY 1')).toEqual([{ seller_id: 'other' }]);
  expect(await select('SELECT offer_id, subject, seller_id, state FROM catalog.offer ORDER BY 1')).toEqual([
    { offer_id: '11', subject: null, seller_id: null, state: 'listed' },
    { offer_id: '12', subject: '杯子', seller_id: 'other', state: 'listed' },
  ]);
  expect(await select('SELECT offer_id FROM sync.refresh')).toEqual([{ offer_id: '12' }]);
  expect(await select('SELECT raw_id FROM raw.payload')).toEqual([]);
  expect(await select('SELECT sample FROM sync.quarantine')).toEqual([]);
});

it('search rows of an erased offer are listed by their window, and none of their data are stored', async () => {
  const windowId = await addWindow(db.pool, 'search');
  await store.load([found('21', provenance(10), { seller: seller('listed'), prices: [price('5')] })]);
  await erase('listed');
  const other = '{"offerId":22,"subject":"b"}';
  await keepAnswer('12', 'search.keyword', `{"data":[{"offerId":21,"subject":"a"},${other}]}`, {
    keyword: 'k',
  });
  await store.load([
    {
      ...searchPage(windowId, provenance(11), [
        searchRow('21', { subject: '新的' }),
        searchRow('22', { rank: 2 }),
      ]),
      rejects: [{ path: 'data[0].monthSold', reason: 'not_a_count', sample: 'call me' }],
    },
  ]);
  expect(await select('SELECT subject, seller_id FROM catalog.offer WHERE offer_id = 21')).toEqual([
    { subject: null, seller_id: null },
  ]);
  expect(await select('SELECT count(*)::int AS n FROM catalog.observation WHERE offer_id = 21')).toEqual([
    { n: 1 },
  ]);
  expect(
    await select('SELECT offer_id FROM sync.window_offer WHERE window_id = $1 ORDER BY 1', windowId),
  ).toEqual([{ offer_id: '21' }, { offer_id: '22' }]);
  expect(await select('SELECT sample FROM sync.quarantine')).toEqual([{ sample: null }]);
  const [kept] = await select('SELECT body_bytes, erased_at FROM raw.payload WHERE raw_id = 12');
  expect(kept).toEqual({
    body_bytes: `{"data":[{"offerId":21},${other}]}`.length,
    erased_at: expect.any(Date) as Date,
  });
});

it('examples of answers that were never loaded go as well', async () => {
  await store.load([
    found('41', provenance(20), { seller: seller('named', { companyName: '好杯子有限公司' }) }),
  ]);
  await keepAnswer('22', 'search.image', '{"data":[{"offerId":42,"companyName":"好杯子有限公司"}]}', {});
  await db.pool.query(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     VALUES (22, 22, 'search.image', 'data[0].subject', 'too_long', 'call me', now())`,
  );
  await erase('named');
  expect(await select('SELECT sample FROM sync.quarantine WHERE raw_id = 22')).toEqual([{ sample: null }]);
});

it('rows under a name that the shop had before go as well', async () => {
  for (const [callId, companyName] of [
    [45, '旧杯子有限公司'],
    [46, '新杯子有限公司'],
  ] as const)
    await store.load([found('45', provenance(callId), { seller: seller('renamed', { companyName }) })]);
  await keepAnswer('47', 'search.image', '{"data":[{"offerId":48,"companyName":"旧杯子有限公司"}]}', {});
  await erase('renamed');
  const isErased = 'SELECT erased_at IS NOT NULL AS "isErased" FROM raw.payload WHERE raw_id = 47';
  expect(await select(isErased)).toEqual([{ isErased: true }]);
});

it('examples go as well when their answers are kept no longer, and those of other sellers stay', async () => {
  const rejects = [{ path: 'tradeScore', reason: 'not_a_score', sample: 'call me' }];
  for (const rawId of ['51', '52']) await keepAnswer(rawId, 'offer.detail', '{}', { offerId: rawId });
  await store.load([
    { ...found('51', provenance(50), { seller: seller('gone by') }), rejects },
    { ...found('52', provenance(51), { seller: seller('neighbour') }), rejects },
  ]);
  await db.pool.query(
    `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, sample, last_call_id)
     SELECT 'offer.detail', 'field' || n, 'unknown', 1, now(), now(), 'call me', n FROM generate_series(51, 52) n`,
  );
  // As with the partition of their month.
  await db.pool.query('DELETE FROM raw.payload');
  await erase('gone by');
  expect(
    await select('SELECT raw_id, sample FROM sync.quarantine WHERE raw_id IN (51, 52) ORDER BY 1'),
  ).toEqual([
    { raw_id: '51', sample: null },
    { raw_id: '52', sample: 'call me' },
  ]);
  expect(await select('SELECT last_call_id, sample FROM sync.drift ORDER BY 1')).toEqual([
    { last_call_id: '51', sample: null },
    { last_call_id: '52', sample: 'call me' },
  ]);
});

it('all answers are searched, however many there are, and what is counted is of this seller alone', async () => {
  await db.pool.query('DELETE FROM raw.payload');
  for (let number = 1; number <= 205; number += 1)
    await keepAnswer(String(1000 + number), 'offer.detail', '{"sellerOpenId":"many"}', { offerId: '9' });
  const scanned: number[] = [];
  const eraseStore = createEraseStore({ pool: db.pool });
  const found = await eraseStore.count('many', (answers) => scanned.push(answers));
  expect(scanned).toEqual([100, 200, 205]);
  const { answersDeleted, ...others } = found;
  expect(answersDeleted).toBe(205);
  expect(new Set(Object.values(others))).toEqual(new Set([0]));
  expect(await eraseStore.count('neighbour', quietly)).toMatchObject({ answersDeleted: 0, seller: 1 });
});

it('a seller with an empty name is erased, and nobody else', async () => {
  await store.load([found('71', provenance(70), { seller: seller('nameless') })]);
  await db.pool.query("UPDATE catalog.seller SET company_name = '' WHERE seller_id = 'nameless'");
  await keepAnswer('71', 'search.keyword', '{"data":[{"offerId":71,"a":1},{"offerId":72,"a":2}]}', {});
  await db.pool.query(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     VALUES (72, 72, 'search.keyword', 'data[0].subject', 'too_long', 'of others', now())`,
  );
  await erase('nameless');
  const [kept] = await select('SELECT body_bytes FROM raw.payload WHERE raw_id = 71');
  expect(kept).toEqual({ body_bytes: '{"data":[{"offerId":71},{"offerId":72,"a":2}]}'.length });
  expect(await select('SELECT sample FROM sync.quarantine WHERE raw_id = 72')).toEqual([
    { sample: 'of others' },
  ]);
});

it('only one process erases at a time', async () => {
  const client = await db.pool.connect();
  try {
    await client.query('SELECT pg_advisory_lock(1688020)');
    await expect(erase('x')).rejects.toMatchObject({
      code: 'DATABASE_LOCKED',
      message: expect.stringContaining('erase-seller is held by process') as string,
    });
    await client.query('SELECT pg_advisory_unlock(1688020)');
  } finally {
    client.release(true);
  }
});

it('an erasure that is over keeps no lock, so that the next may begin at once', async () => {
  const locks = locksHere("locktype = 'advisory' AND objid = 1688020");
  for (let number = 1; number <= 20; number += 1) {
    await erase(`seller ${String(number)}`);
    expect(await select(locks)).toEqual([]);
  }
});

it('an erasure is complete only when the requests of calls no longer name the seller', async () => {
  await db.pool.query(
    `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                 state, send_at, send_by)
     SELECT t, '1', 'a', 'search.seller', '{"sellerId":"asked"}', '\\x00', 'manual', false, '{}', 'unknown', t, t
     FROM usage.ledger_now() t`,
  );
  const other = await db.pool.connect();
  try {
    await other.query('BEGIN; SELECT FROM usage.api_call FOR UPDATE');
    let isErased = false;
    const erasing = erase('asked').then(() => (isErased = true));
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => isErased || (await select(waiting)).length > 0);
    expect(isErased).toBe(false);
    await other.query('COMMIT');
    await erasing;
  } finally {
    other.release(true);
  }
  expect(await select("SELECT request ->> 'sellerId' AS id FROM usage.api_call")).toEqual([{ id: 'erased' }]);
});

it('answers count as searched once those that name the seller are erased', async () => {
  await db.pool.query('DELETE FROM raw.payload');
  await keepAnswer('900', 'offer.detail', '{"sellerOpenId":"stored"}', { offerId: '9' });
  const other = await db.pool.connect();
  const scanned: number[] = [];
  try {
    await other.query('BEGIN; SELECT FROM raw.payload WHERE raw_id = 900 FOR UPDATE');
    const erasing = createEraseStore({ pool: db.pool }).erase('stored', (answers) => scanned.push(answers));
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    await until(async () => scanned.length > 0 || (await select(waiting)).length > 0);
    expect(scanned).toEqual([]);
    await other.query('COMMIT');
    await erasing;
  } finally {
    other.release(true);
  }
  expect(scanned).toEqual([1]);
  expect(await select('SELECT FROM raw.payload')).toEqual([]);
});

it('an erasure whose offers can not be erased fails, and is complete when it has succeeded', async () => {
  await store.load([found('61', provenance(60), { seller: seller('refused') })]);
  await db.pool.query(
    `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not today'; END $$;
     CREATE TRIGGER refuse BEFORE UPDATE ON catalog.offer FOR EACH ROW WHEN (old.offer_id = 61) EXECUTE FUNCTION public.refuse()`,
  );
  const eraseStore = createEraseStore({ pool: db.pool });
  const failure = await erase('refused').catch((error: unknown) => error);
  expect([failure, (failure as Error).cause].map(String).join()).toContain('not today');
  expect(await select("SELECT seller_id FROM catalog.seller WHERE seller_id = 'refused'")).toHaveLength(1);
  expect(await select('SELECT seller_id FROM catalog.offer WHERE offer_id = 61')).toEqual([
    { seller_id: 'refused' },
  ]);
  // Nor is anything of them done by halves.
  expect(await select('SELECT offer_id FROM sync.refresh WHERE offer_id = 61')).toHaveLength(1);
  expect(await eraseStore.readErasure('refused')).toEqual({ completedAt: null, hadOffers: false });
  await db.pool.query('DROP FUNCTION public.refuse CASCADE');
  await erase('refused');
  expect(await eraseStore.readErasure('refused')).toEqual({
    ...{ completedAt: expect.any(Date) as Date, hadOffers: true },
  });
  expect(await eraseStore.readErasure('never')).toBeNull();
});

it('a load under way is waited for, so that what it brings is erased too', async () => {
  const loading = await db.pool.connect();
  try {
    await loading.query('BEGIN');
    await holdErasures(loading);
    let isErased = false;
    const erasing = erase('late').then(() => (isErased = true));
    await loading.query(
      `INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('late', now(), 1)`,
    );
    await loading.query(
      `INSERT INTO catalog.offer (offer_id, seller_id, state, subject, changed_at, call_id)
       VALUES (31, 'late', 'listed', 's', now(), 1)`,
    );
    const waiting = locksHere("relation = 'sync.erased_seller'::regclass AND NOT granted");
    await until(async () => isErased || (await select(waiting)).length > 0);
    expect(isErased).toBe(false);
    await loading.query('COMMIT');
    await erasing;
  } finally {
    loading.release(true);
  }
  expect(await select('SELECT subject, seller_id FROM catalog.offer WHERE offer_id = 31')).toEqual([
    { subject: null, seller_id: null },
  ]);
  expect(await select("SELECT FROM catalog.seller WHERE seller_id = 'late'")).toEqual([]);
});
