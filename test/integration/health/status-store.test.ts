import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { listGivenUp } from '../../../src/health/list-given-up.ts';
import { createQuarantineStore } from '../../../src/health/quarantine-store.ts';
import { readSource } from '../../../src/health/read-source.ts';
import { readStatus } from '../../../src/health/read-status.ts';
import { createStatusStore, type StatusStore } from '../../../src/health/status-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
let status: StatusStore;

beforeAll(async () => {
  db = await createTestDatabase();
  status = createStatusStore({ pool: db.pool });
});
afterAll(() => db.drop());
beforeEach(() =>
  change(
    `TRUNCATE sync.quarantine, sync.drift, sync.run, sync.search_window, sync.refresh, sync.category_visit, usage.api_call,
              catalog.category, catalog.offer, catalog.seller, catalog.sku, catalog.price, catalog.price_history, raw.payload
     RESTART IDENTITY CASCADE`,
  ),
);

const change = (sql: string, params: readonly unknown[] = []) => db.pool.query(sql, [...params]);
const minute = (count: number) => new Date(Date.UTC(2026, 2, 1, 0, count));

describe('values that could not be used', () => {
  const groups = async (operation: string | null, reason: string | null, limit: number) =>
    (await createQuarantineStore({ pool: db.pool }).listGroups({ operation, reason, limit })).map(
      ({ count, answers, ...group }) =>
        `${group.operation} ${group.path} ${group.reason}: ${String(count)} of ${String(answers)}, ${group.newestId} ${group.sample ?? ''}`,
    );

  beforeEach(() =>
    change(
      `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
       SELECT raw_id, 1, operation, path, reason, sample, $1::timestamptz + minutes * interval '1 minute'
       FROM (VALUES (1, 'offer.detail', 'a[0].b[12].c', 'not_money', 'first', 1), (1, 'offer.detail', 'a[7].b[1].c', 'not_money', 'last', 3),
                    (2, 'offer.detail', 'a[0].b[0].c', 'not_money', 'second', 2), (3, 'offer.detail', 'z', 'not_count', 'old', 5),
                    (4, 'offer.detail', 'z', 'not_count', 'new', 5), (5, 'offer.detail', 'b', 'not_count', NULL, 0),
                    (6, 'offer.detail', 'b', 'not_a_date', NULL, 0), (7, 'search.keyword', 'b', 'not_count', NULL, 0))
            AS v (raw_id, operation, path, reason, sample, minutes)`,
      [minute(0)],
    ),
  );

  it('are counted by operation, place and reason, with the newest of them, the most frequent first', async () => {
    expect(await groups(null, null, 9)).toEqual([
      'offer.detail a[].b[].c not_money: 3 of 2, 2 last',
      'offer.detail z not_count: 2 of 2, 5 new',
      'offer.detail b not_a_date: 1 of 1, 7 ',
      'offer.detail b not_count: 1 of 1, 6 ',
      'search.keyword b not_count: 1 of 1, 8 ',
    ]);
    const [newest] = await createQuarantineStore({ pool: db.pool }).listGroups({
      ...{ operation: null, reason: null, limit: 1 },
    });
    expect(newest?.newestAt).toEqual(minute(3));
  });

  it('are found by operation, by reason, or by both', async () => {
    expect(await groups('search.keyword', null, 9)).toHaveLength(1);
    expect(await groups(null, 'not_count', 9)).toHaveLength(3);
    expect(await groups('offer.detail', 'not_count', 9)).toHaveLength(2);
    expect(await groups(null, null, 2)).toHaveLength(2);
  });

  it('are read one by one', async () => {
    const store = createQuarantineStore({ pool: db.pool });
    expect(await store.read('2')).toMatchObject({ rawId: '1', path: 'a[7].b[1].c', sample: 'last' });
    expect(await store.read('99')).toBeNull();
  });
});

/** Searches: feed, keyword, category, seller, picture, records, outcome. */
const addSearches = (...searches: readonly (readonly unknown[])[]) =>
  change(
    `INSERT INTO sync.search_window (feed, keyword, category_id, seller_id, image, language, total_records, last_outcome)
     SELECT s ->> 0, s ->> 1, (s ->> 2)::bigint, s ->> 3, s ->> 4, 'en', (s ->> 5)::int, s ->> 6
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS t (s, n) ORDER BY n`,
    [JSON.stringify(searches)],
  );

describe('searches that list less than there is', () => {
  const list = async (limit = 9) =>
    (await status.listTroubledSearches(limit)).map(({ feed, search }) => `${feed}: ${search}`);

  it('are those that ended early, by what they search, the largest first', async () => {
    await addSearches(
      ...[
        ['f', 'b', 0, '', '', 5, 'capped'],
        ['f', 'a', 0, '', '', 5, 'truncated'],
        ['e', 'z', 0, '', '', 5, 'page_repeated'],
        ['f', 'big', 0, '', '', 7, 'capped'],
        ['f', 'fine', 0, '', '', 9, 'complete'],
        ['f', 'short', 0, '', '', 9, 'short'],
        ['f', '', 77, '', '', 4, 'capped'],
        ['f', '', 0, 'seller7', '', 3, 'capped'],
        ['f', '', 0, '', 'a.jpg', 2, 'capped'],
        ['f', 'unknown', 0, '', '', null, 'capped'],
      ],
    );
    expect(await list()).toEqual([
      ...['f: unknown', 'f: big', 'e: z', 'f: a', 'f: b', 'f: category 77', 'f: seller7', 'f: a.jpg'],
    ]);
    expect(await list(2)).toEqual(['f: unknown', 'f: big']);
  });

  it('are also those of which a part did, and each is one', async () => {
    await addSearches(['f', 'whole', 0, '', '', 5, 'split'], ['f', 'other', 0, '', '', 5, 'split']);
    await change(
      `INSERT INTO sync.search_window (feed, keyword, language, price_min_cny, parent_window_id, last_outcome, total_records)
       SELECT 'f', keyword, 'en', 1, window_id, CASE keyword WHEN 'whole' THEN 'capped' ELSE 'complete' END, 3
       FROM sync.search_window`,
    );
    expect(await list()).toEqual(['f: whole']);
  });
});

describe('searches that were given a keyword', () => {
  it('are those of categories, and say when one without is asked for again', async () => {
    expect(await status.findNamedSearches()).toBeNull();
    await addSearches(['f', '', 77, '', '', 5, null], ['f', 'a', 0, '', '', 5, null]);
    expect(await status.findNamedSearches()).toBeNull();
    await addSearches(['f', 'bags', 77, '', '', 5, null], ['f', 'cups', 78, '', '', 5, null]);
    expect(await status.findNamedSearches()).toEqual({ searches: 2, askAgainAt: null });
    await change(
      `UPDATE sync.search_window SET retired_at = $1 WHERE kind = 'category' OR keyword = 'cups'`,
      [minute(0)],
    );
    await addSearches(['f', '', 79, '', '', 5, null]);
    await change('UPDATE sync.search_window SET retired_at = $1 WHERE category_id = 79', [minute(-5)]);
    await change(
      `INSERT INTO sync.search_window (feed, keyword, category_id, language, price_min_cny, parent_window_id)
       SELECT 'f', 'bags', 77, 'en', 1, window_id FROM sync.search_window WHERE keyword = 'bags'`,
    );
    expect(await status.findNamedSearches()).toEqual({
      ...{ searches: 1, askAgainAt: new Date(minute(0).getTime() + 86_400_000) },
    });
  });
});

describe('targets that were given up', () => {
  const dueIn = (hours: number) => `clock_timestamp() + interval '${String(hours)} hours'`;

  it('are those that wait, of every kind, the soonest first, with how many there are', async () => {
    await change(
      `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (1, 'listed', 'A cup', now(), 1)`,
    );
    await change(
      `INSERT INTO catalog.category (category_id, path, name_zh, first_seen_at, call_id) VALUES (54, '54', '包', now(), 1)`,
    );
    await change(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before, failed_tries, failure_code)
       VALUES (1, now(), ${dueIn(3)}, 2, 'A'), (2, now(), ${dueIn(1)}, 0, 'B'), (3, now(), ${dueIn(-1)}, 1, 'C'),
              (4, now(), NULL, 1, 'C')`,
    );
    await change(
      `INSERT INTO sync.category_visit (category_id, not_before, failed_tries, failure_code)
       VALUES (54, ${dueIn(2)}, 1, 'D'), (55, ${dueIn(-1)}, 1, 'D')`,
    );
    await addSearches(
      ...[
        ['f', 'bag', 77, '', '', 5, null],
        ['f', '', 0, 'seller7', '', 5, null],
        ['f', '', 0, '', 'a.jpg', 5, null],
        ['f', '', 78, '', '', 5, null],
        ['f', 'past', 0, '', '', 5, null],
      ],
    );
    await change(
      `UPDATE sync.search_window SET failed_tries = 3, failure_code = 'E',
              not_before = clock_timestamp() + CASE keyword WHEN 'past' THEN -1 ELSE 3 + window_id END * interval '1 hour'`,
    );
    const found = await listGivenUp(db.pool, 9);
    expect(
      found.map(({ operation, kind, id, name, code }) => [operation, kind, id, name, code].join(' ')),
    ).toEqual([
      'offer.detail detail 2  B',
      'category.children category 54 包 D',
      'offer.detail detail 1 A cup A',
      'search.keyword keyword 1 f bag 77 E',
      'search.seller seller 2 f seller7 E',
      'search.image image 3 f E',
      'search.keyword category 4 f 78 E',
    ]);
    expect(found.map(({ ofOperation, ofAll, failedTries }) => [ofOperation, ofAll, failedTries])).toEqual([
      ...[
        [2, 7, 0],
        [1, 7, 1],
        [2, 7, 2],
        [2, 7, 3],
      ],
      ...[
        [1, 7, 3],
        [1, 7, 3],
        [2, 7, 3],
      ],
    ]);
    expect(await listGivenUp(db.pool, 2)).toHaveLength(2);
  });

  it('come by operation and id at the same time', async () => {
    const at = '2099-01-01 00:00Z';
    await change(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before) VALUES (9, now(), '${at}'), (8, now(), '${at}')`,
    );
    await change(`INSERT INTO sync.category_visit (category_id, not_before) VALUES (99, '${at}')`);
    expect((await listGivenUp(db.pool, 9)).map(({ id }) => id)).toEqual(['99', '8', '9']);
  });
});

describe('what a probe can ask about', () => {
  it('is an offer on sale, a seller and a picture on alicdn.com', async () => {
    expect(await status.findSubjects()).toEqual({ offerId: null, sellerId: null, imageUrl: null });
    await change(
      `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
                                   state, send_at, send_by, outcome)
       SELECT at, '1', 'a', operation, jsonb_build_object('offerId', id), '\\x00', 'refresh', false, '{}', 'committed', at, at, 'ok'
       FROM (SELECT clock_timestamp() AS at) c,
            LATERAL (VALUES ('offer.detail', '5', at - interval '2 minutes'), ('offer.detail', '6', at - interval '1 minute'),
                            ('search.keyword', '7', at)) v (operation, id, granted) WHERE granted IS NOT NULL`,
    );
    await change(
      `UPDATE usage.api_call SET granted_at = granted_at - interval '1 minute' WHERE request ->> 'offerId' = '5'`,
    );
    expect((await status.findSubjects()).offerId).toBe('6');
    await change(
      `INSERT INTO catalog.offer (offer_id, state, main_image_url, changed_at, call_id)
       VALUES (1, 'gone', 'https://alicdn.com.example/1.jpg', now(), 1), (2, 'missing', 'https://cbu01.alicdn.com/2.jpg', now(), 1)`,
    );
    expect(await status.findSubjects()).toMatchObject({
      offerId: '6',
      imageUrl: 'https://cbu01.alicdn.com/2.jpg',
    });
    await change(
      `INSERT INTO catalog.offer (offer_id, state, changed_at, call_id) VALUES (3, 'listed', now(), 1)`,
    );
    await change(`INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('s', now(), 1)`);
    expect(await status.findSubjects()).toMatchObject({ offerId: '3', sellerId: 's' });
    await change(
      `INSERT INTO catalog.offer (offer_id, state, main_image_url, changed_at, call_id)
       SELECT n, 'listed', 'https://cbu01.alicdn.com/2.jpg', now(), 1 FROM generate_series(4, 5) n`,
    );
    await change("INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('t', now(), 1)");
    const { offerId, sellerId } = await status.findSubjects();
    expect(['3', '4', '5']).toContain(offerId);
    expect(['s', 't']).toContain(sellerId);
  });
});

describe('the status', () => {
  it('counts each table', async () => {
    expect(await readSource(db.pool)).toBeNull();
    await change(
      `INSERT INTO catalog.category (category_id, path, first_seen_at, call_id) VALUES (1, '1', now(), 1);
       INSERT INTO catalog.offer (offer_id, state, changed_at, call_id)
         VALUES (1, 'listed', now(), 1), (2, 'gone', now(), 1), (3, 'listed', now(), 1);
       INSERT INTO catalog.seller (seller_id, changed_at, call_id) SELECT n::text, now(), 1 FROM generate_series(1, 4) n;
       INSERT INTO catalog.price (offer_id, kind, min_quantity, amount_cny, valid_from, call_id)
         SELECT 1, 'list', n, 5, now(), 1 FROM generate_series(1, 5) n;
       INSERT INTO catalog.price_history (offer_id, kind, min_quantity, valid_from, valid_to, amount_cny, call_id, closed_by_call_id)
         SELECT 1, 'list', n, '2026-01-01', '2026-01-02', 4, 1, 1 FROM generate_series(1, 6) n;
       INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, observed_at)
         SELECT n, 1, 'a', 'b', 'c', now() FROM generate_series(1, 7) n;
       INSERT INTO raw.payload (call_id, operation, request, request_hash, observed_at, stored_at, http_status, body, body_bytes,
                                body_sha256, loaded_at)
         SELECT n, 'offer.detail', '{}', '\\x00', now(), now(), 200, '\\x00', 1, '\\x00', CASE WHEN n > 8 THEN now() END
         FROM generate_series(1, 9) n`,
    );
    const { source, catalog } = await readStatus(db.pool, 1);
    expect({ source, catalog }).toEqual({
      source: null,
      catalog: {
        ...{ categories: 1, offers: 3, listedOffers: 2, sellers: 4, skus: 0, prices: 5, closedPrices: 6 },
        ...{ quarantinedRecords: 7, unloadedAnswers: 8 },
      },
    });
  });

  it('has the newest runs and fields, twenty of each list', async () => {
    await change(
      `INSERT INTO sync.run (scope, trigger, source, status, feeds) SELECT n::text, 'test', 'live', 'succeeded', '[]'
       FROM generate_series(1, 3) n`,
    );
    await change(
      `INSERT INTO sync.drift (operation, path, kind, seen, first_seen_at, last_seen_at, last_call_id)
       SELECT 'offer.detail', n::text, 'unknown', 1, now(), $1::timestamptz + (n / 2) * interval '1 minute', 1
       FROM generate_series(1, 22) n`,
      [minute(0)],
    );
    await change(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, not_before) SELECT n, now(), '2099-01-01' FROM generate_series(1, 21) n`,
    );
    await addSearches(
      ...Array.from({ length: 21 }, (_, index) => ['f', `k${String(index)}`, 0, '', '', 5, 'capped']),
    );
    const { runs, drifts, givenUp, searches } = await readStatus(db.pool, 2);
    expect(runs.map(({ scope }) => scope)).toEqual(['3', '2']);
    expect(drifts.map(({ path }) => path).slice(0, 4)).toEqual(['22', '20', '21', '18']);
    expect([drifts.length, givenUp.length, searches.length]).toEqual([20, 20, 20]);
  });

  it('of a run has its source', async () => {
    await change("UPDATE sync.database_identity SET source = 'sandbox'");
    expect(await readSource(db.pool)).toBe('sandbox');
    await change('UPDATE sync.database_identity SET source = NULL');
  });
});

describe('a month', () => {
  it('has a partition of every table that is partitioned, from its first moment on', async () => {
    await ensurePartitions(db.pool, new Date('2031-01-15T00:00:00Z'));
    const gapsAt = (time: string) => status.listPartitionGaps(new Date(time));
    const gaps = await gapsAt('2034-01-01T00:00:00Z');
    expect(gaps).toEqual(gaps.toSorted());
    expect(gaps).toEqual(expect.arrayContaining(['raw.payload', 'usage.api_call']));
    const { rows } = await change(
      `SELECT pg_get_expr(c.relpartbound, c.oid) AS bound FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'raw.payload'::regclass ORDER BY c.relname`,
    );
    const [, from = '', to = ''] =
      /FROM \('(.+)'\) TO \('(.+)'\)/.exec(
        (rows.findLast(({ bound }: { bound: string }) => bound.includes('2031-01')) as { bound: string })
          .bound,
      ) ?? [];
    const first = new Date(from);
    expect(await gapsAt(first.toISOString())).not.toContain('raw.payload');
    await change('DROP TABLE raw.payload_2031_01');
    expect(await gapsAt(first.toISOString())).toEqual(['raw.payload']);
    expect(await gapsAt(new Date(new Date(to).getTime() - 1).toISOString())).toEqual(['raw.payload']);
    expect(await gapsAt(to)).not.toContain('raw.payload');
  });
});
