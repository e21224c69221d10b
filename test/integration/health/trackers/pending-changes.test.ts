import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runSqlForOne } from '../../../../src/db/sql-file.ts';
import { readSql } from '../../../../src/health/read-sql.ts';
import { createTrackerStore, type TrackerStore } from '../../../../src/health/trackers/tracker-store.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import type { Tracker } from '../../../../src/model/tracker.ts';
import { createRunStore } from '../../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';

const hour = 3_600_000;
const start = Date.UTC(2026, 2, 10);

let db: TestDatabase;
let store: TrackerStore;

beforeAll(async () => {
  db = await createTestDatabase();
  store = createTrackerStore(db.pool);
  await createRunStore({ pool: db.pool }).claimSource('sandbox');
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.pool.query('TRUNCATE sync.tracker, sync.tracked_change, catalog.offer RESTART IDENTITY CASCADE');
  await createQuotaStore({ pool: db.pool }).setLedgerOffset(0);
});

/** Changes as `tracker offer field hour`, in this order; `sent` and `skipped`: so many hours ago. */
const add = (...changes: readonly (readonly [line: string, sent?: number | null, skipped?: number])[]) =>
  db.pool.query(
    `INSERT INTO sync.tracked_change
       (tracker, offer_id, field, condition, old, new, not_before, seen_at, noted_at, sent_at, skipped_at)
     SELECT c ->> 0, (c ->> 1)::bigint, c ->> 2, 'price_down', c ->> 3, '1', $2::timestamptz - interval '1 year',
            $2::timestamptz + (c ->> 3)::int * interval '1 hour', now(),
            clock_timestamp() - (c ->> 4)::float8 * interval '1 hour', clock_timestamp() - (c ->> 5)::float8 * interval '1 hour'
     FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS t (c, n) ORDER BY n`,
    [
      JSON.stringify(changes.map(([line, sent, skipped]) => [...line.split(' '), sent, skipped])),
      new Date(start),
    ],
  );
/** `tracker offer hour` of what is to be sent. */
const pending = async (limit = 99) => {
  const { changes, total } = await store.listPending(limit);
  return [
    ...changes.map(
      ({ tracker, offerId, seenAt }) => `${tracker} ${offerId} ${String((seenAt.getTime() - start) / hour)}`,
    ),
    total,
  ];
};

describe('changes to send', () => {
  it('are the oldest first, and counted beyond what a message has room for', async () => {
    await add(['a 1 price 3'], ['a 2 price 2'], ['b 1 price 2'], ['a 3 price 1']);
    expect(await pending()).toEqual(['a 3 1', 'a 2 2', 'b 1 2', 'a 1 3', 4]);
    expect(await pending(2)).toEqual(['a 3 1', 'a 2 2', 4]);
  });

  it('are the newest two of a tracker, offer and field', async () => {
    await add(
      ['a 1 price 1'],
      ['a 1 price 2'],
      ['a 1 price 3'],
      ['a 1 stock 1'],
      ['a 2 price 1'],
      ['b 1 price 1'],
    );
    expect(await pending()).toEqual(['a 1 1', 'a 2 1', 'b 1 1', 'a 1 2', 'a 1 3', 5]);
  });

  it('are none that were sent or left out', async () => {
    await add(['a 1 price 1', 30], ['a 1 price 2', null, 30], ['a 1 price 3']);
    expect(await pending()).toEqual(['a 1 3', 1]);
    expect(await pending(0)).toEqual([0]);
  });

  it('are as many fewer as were sent within a day', async () => {
    await add(
      ['a 1 price 1', 23],
      ['a 1 price 2'],
      ['a 1 price 3'],
      ['a 2 price 1', 25],
      ['a 2 price 2'],
      ['a 2 price 3'],
    );
    expect(await pending()).toEqual(['a 2 2', 'a 1 3', 'a 2 3', 3]);
    await add(['a 1 price 0', 1]);
    expect(await pending()).toEqual(['a 2 2', 'a 2 3', 2]);
  });

  it('are told with their offer and its SKU', async () => {
    await db.pool.query(
      `INSERT INTO catalog.offer (offer_id, state, subject, changed_at, call_id) VALUES (1, 'listed', 'A cup', now(), 1)`,
    );
    await add(['a 1 price 1'], ['a 2 price 2']);
    expect((await store.listPending(9)).changes).toMatchObject([
      { changeId: '1', subject: 'A cup', skuId: null, skuLabel: null, minQuantity: null, old: '1', new: '1' },
      { subject: null },
    ]);
  });
});

describe('changes that were sent', () => {
  const ends = async () => {
    const { rows } = await db.pool.query<{ line: string }>(
      `SELECT tracker || offer_id || field || old || CASE WHEN sent_at IS NOT NULL THEN ' sent' ELSE '' END
              || CASE WHEN skipped_at IS NOT NULL THEN ' skipped' ELSE '' END AS line
       FROM sync.tracked_change ORDER BY change_id`,
    );
    return rows.map(({ line }) => line);
  };

  it('end those before them, and no others', async () => {
    await add(
      ...([
        ['a 1 price 1'],
        ['a 1 price 2'],
        ['a 1 price 3'],
        ['a 1 price 4'],
        ['a 1 stock 1'],
        ['a 2 price 1'],
        ['b 1 price 1'],
      ] as const),
    );
    await store.noteSent(['2', '3']);
    expect(await ends()).toEqual([
      ...['a1price1 skipped', 'a1price2 sent', 'a1price3 sent', 'a1price4'],
      ...['a1stock1', 'a2price1', 'b1price1'],
    ]);
  });

  it('keep the time at which they were sent or left out', async () => {
    await add(['a 1 price 1', 5], ['a 1 price 2', null, 5], ['a 1 price 3']);
    const times = async () =>
      (await store.list({ tracker: null, limit: 9 }))
        .slice(1)
        .map(({ sentAt, skippedAt }) => [sentAt, skippedAt]);
    const before = await times();
    await store.noteSent(['3']);
    expect(await ends()).toEqual(['a1price1 sent', 'a1price2 skipped', 'a1price3 sent']);
    expect(await times()).toEqual(before);
  });

  it('are listed with all others, the newest first', async () => {
    await add(['a 1 price 1', 5], ['a 1 price 3'], ['b 1 price 3'], ['a 2 price 2', null, 5]);
    const list = async (tracker: string | null, limit: number) =>
      (await store.list({ tracker, limit })).map(({ changeId }) => changeId);
    expect(await list(null, 9)).toEqual(['3', '2', '4', '1']);
    expect(await list('a', 2)).toEqual(['2', '4']);
  });
});

describe('a tracker', () => {
  const tracker = (parts: Partial<Tracker>): Tracker => ({
    ...{ name: 'all', feed: null, offers: ['1', '2'], priceDownPercent: null, priceUpPercent: null },
    ...{ priceBelowCny: null, events: ['delisted', 'relisted'] },
    ...parts,
  });
  const registered = async () => {
    const { rows } = await db.pool.query<{
      tracker: string;
      definition: string;
      readTo: Date;
      checkedAt: Date;
    }>(
      'SELECT tracker, definition, read_to AS "readTo", checked_at AS "checkedAt" FROM sync.tracker ORDER BY read_to, tracker',
    );
    return rows;
  };

  it('is another one by what it notices, whatever the order of offers and events', async () => {
    await store.register([tracker({}), tracker({ offers: ['2', '1'], events: ['relisted', 'delisted'] })]);
    expect(await registered()).toHaveLength(1);
    await store.register([
      ...[tracker({ offers: ['1'] }), tracker({ events: ['delisted'] }), tracker({ feed: 'bags' })],
      ...[tracker({ priceDownPercent: 5 }), tracker({ priceUpPercent: 5 }), tracker({ priceBelowCny: '5' })],
    ]);
    expect(new Set((await registered()).map(({ definition }) => definition)).size).toBe(7);
  });

  it('begins where its newest definition has read, or now', async () => {
    await store.register([tracker({})]);
    await db.pool.query("UPDATE sync.tracker SET read_to = '2026-01-01 00:00Z'");
    await store.register([tracker({ offers: ['1'] })]);
    await db.pool.query(
      "UPDATE sync.tracker SET read_to = '2026-02-02 00:00Z' WHERE definition = (SELECT min(definition) FROM sync.tracker)",
    );
    await store.register([tracker({ offers: ['2'] }), tracker({ name: 'other' })]);
    const found = await registered();
    const at = (text: string) => new Date(`${text}T00:00:00Z`);
    expect(found.slice(0, 3).map(({ readTo }) => readTo)).toEqual([
      at('2026-01-01'),
      at('2026-02-02'),
      at('2026-02-02'),
    ]);
    expect(found[3]?.tracker).toBe('other');
    expect(found[3]?.readTo.getTime()).toBeGreaterThan(at('2026-03-03').getTime());
  });

  it('that no process has, and changes of long ago, are forgotten', async () => {
    const quota = createQuotaStore({ pool: db.pool });
    const [mine, other] = [tracker({}), tracker({ name: 'other' })];
    await store.register([mine, other]);
    await add(['all 1 price 1']);
    const noteIn = async (days: number) => {
      await quota.setLedgerOffset(days * 24 * hour);
      await store.note([mine], { isSent: true });
      const changes = await store.list({ tracker: null, limit: 9 });
      return [(await registered()).map(({ tracker: name }) => name).toSorted(), changes.length];
    };
    expect(await noteIn(29)).toEqual([['all', 'other'], 1]);
    expect(await noteIn(31)).toEqual([['all'], 1]);
    expect(await noteIn(399)).toEqual([['all'], 1]);
    expect(await noteIn(401)).toEqual([['all'], 0]);
  });

  it('that is none notes nothing, and the others move on', async () => {
    await store.register([tracker({}), tracker({ name: 'other' })]);
    await db.pool.query(
      "UPDATE sync.tracker SET read_to = '2026-01-01 00:00Z', checked_at = '2026-01-01 00:00Z'",
    );
    await store.note([], { isSent: true });
    expect(
      (await registered()).map(({ readTo }) => readTo.getUTCFullYear() * 100 + readTo.getUTCMonth()),
    ).toEqual([...[202_600, 202_600]]);
    await createQuotaStore({ pool: db.pool }).setLedgerOffset(hour);
    await db.pool.query("UPDATE sync.tracker SET checked_at = now() WHERE tracker = 'other'");
    await store.note([tracker({})], { isSent: true });
    const [other, all] = await registered();
    expect(other).toMatchObject({ tracker: 'other', readTo: new Date('2026-01-01T00:00:00Z') });
    expect(all?.tracker).toBe('all');
    expect(Math.abs((all?.checkedAt.getTime() ?? 0) - (all?.readTo.getTime() ?? 0) - hour)).toBeLessThan(
      hour / 6,
    );
  });
});

describe('a tracker reads to the time', () => {
  /** How many seconds after the beginning of other work it has read to then. */
  const readBesides = async (statements: readonly string[], pool = db.pool) => {
    const other = await pool.connect();
    try {
      await other.query('BEGIN');
      const began = await other.query<{ at: string }>('SELECT now()::text AS at');
      for (const statement of statements) await other.query(statement);
      const { loadedTo } = await runSqlForOne<{ loadedTo: string }>(db.pool, readSql('find-loaded-to'));
      const { rows } = await db.pool.query<{ seconds: number }>(
        'SELECT extract(epoch FROM $1::timestamptz - $2::timestamptz)::float8 AS seconds',
        [loadedTo, began.rows[0]?.at],
      );
      return rows[0]?.seconds;
    } finally {
      await other.query('ROLLBACK');
      other.release();
    }
  };
  const load = `INSERT INTO catalog.observation (offer_id, observed_at, source, call_id, is_found, is_late, loaded_at)
                SELECT 1, now(), 'detail', 1, true, false, now() WHERE false`;

  it('at which the first load that is under way began', async () => {
    expect(await readBesides([load])).toBe(0);
    const client = await db.pool.connect();
    await client.query('BEGIN');
    await client.query(load);
    expect(await readBesides([load])).toBeLessThan(0);
    await client.query('ROLLBACK');
    client.release();
  });

  it('of now, beside what is no load, or is one of another database', async () => {
    expect(await readBesides([])).toBeGreaterThan(0);
    expect(
      await readBesides(['SELECT FROM catalog.observation', 'UPDATE catalog.offer SET subject = subject']),
    ).toBeGreaterThan(0);
    const another = await createTestDatabase();
    expect(await readBesides([load], another.pool)).toBeGreaterThan(0);
    await another.drop();
  });
});
