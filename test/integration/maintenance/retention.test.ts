import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensurePartitions } from '../../../src/db/partitions.ts';
import { createRetentionStore, type RetentionStore } from '../../../src/maintenance/retention-store.ts';
import { totalHours } from '../../../src/ledger/total-hours.ts';
import { api, appKey, openLedger, settlementFor, type OpenLedger } from '../../support/open-ledger.ts';

const dayMs = 86_400_000;
const ages = {
  rawMs: 90 * dayMs,
  callsMs: 800 * dayMs,
  observationsMs: 800 * dayMs,
  searchHitsMs: 400 * dayMs,
  slotsMs: 400 * dayMs,
  observationStatsMs: 200 * dayMs,
  actionsMs: 800 * dayMs,
};
/** Nothing else has partitions in these years. */
const january = new Date('2031-01-01T00:00:00Z');

let at: OpenLedger;
let retention: RetentionStore;
beforeAll(async () => {
  at = await openLedger();
  retention = createRetentionStore({ pool: at.db.pool });
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.db.pool.query('TRUNCATE usage.totalled_hour, usage.hour_total');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 100 });
  await at.setTime('2031-02-10T12:00:00Z');
  await ensurePartitions(at.db.pool, january);
});

const after = (days: number, from = '2031-02-01T00:00:00Z') => new Date(Date.parse(from) + days * dayMs);

/** Partitions of 2031, as `payload_2031_01`. */
async function listMonths(table: string): Promise<string[]> {
  const { rows } = await at.db.pool.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = $1::regclass AND c.relname LIKE '%\\_2031\\_%' ORDER BY 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

/** Asked and answered in the middle of a month of 2031, and loaded by default. */
async function storeAnswer(time: string, isLoaded = true): Promise<void> {
  await at.setTime(time);
  const call = await at.grant(time);
  await at.ledger.settle(settlementFor(call.callId));
  if (isLoaded) await at.db.pool.query('UPDATE raw.payload SET loaded_at = usage.ledger_now()');
}

async function totalEverything(time: string): Promise<void> {
  await at.setTime(time);
  let hours = 1;
  while (hours > 0) hours = await totalHours(at.db.pool);
}

describe('a month', () => {
  it('is dropped once all of it is older than its rows are kept, and no sooner', async () => {
    expect((await retention.dropExpired(after(89.9), ages)).dropped).not.toContain('raw.payload_2031_01');
    expect(await listMonths('raw.payload')).toContain('payload_2031_01');
    const { dropped, kept } = await retention.dropExpired(after(90), ages);
    expect(kept).toEqual([]);
    expect(dropped).toContain('raw.payload_2031_01');
    expect(await listMonths('raw.payload')).toEqual([
      'payload_2031_02',
      'payload_2031_03',
      'payload_2031_04',
    ]);
    expect(await listMonths('usage.api_call')).toHaveLength(4);
  });

  it('goes by the age of its own table', async () => {
    await retention.dropExpired(after(400), ages);
    expect(await listMonths('catalog.search_hit')).toHaveLength(3);
    expect(await listMonths('catalog.observation')).toHaveLength(4);
    const { dropped } = await retention.dropExpired(after(800), ages);
    expect(dropped).toContain('usage.api_call_2031_01');
    expect(await listMonths('catalog.observation')).toHaveLength(3);
  });

  it('goes with its rows, and those of other months stay', async () => {
    await storeAnswer('2031-01-15T00:00:00Z');
    await storeAnswer('2031-02-15T00:00:00Z');
    await retention.dropExpired(after(90), ages);
    const { rows } = await at.db.pool.query('SELECT stored_at::date::text AS day FROM raw.payload');
    expect(rows).toEqual([{ day: '2031-02-15' }]);
    expect(await at.callStates()).toEqual(['committed', 'committed']);
  });

  it('that is gone is not dropped again, also when many try at once', async () => {
    const reports = await Promise.all([1, 2, 3, 4].map(() => retention.dropExpired(after(90), ages)));
    const january = reports.flatMap(({ dropped }) => dropped.filter((name) => name.endsWith('2031_01')));
    expect(january.length).toBeGreaterThanOrEqual(1);
    expect(new Set(january)).toEqual(new Set(['raw.payload_2031_01']));
    expect((await retention.dropExpired(after(90), ages)).dropped).toEqual([]);
  });
});

describe('what is needed stays', () => {
  it('answers that are not in the catalog, and all that came after them', async () => {
    await storeAnswer('2031-01-15T00:00:00Z', false);
    const needed = { partitionName: 'raw.payload_2031_01', reason: 'needed' };
    expect((await retention.dropExpired(after(365), ages)).kept).toContainEqual(needed);
    expect(await at.raw.listUnloaded(10)).toHaveLength(1);
    await at.db.pool.query('UPDATE raw.payload SET loaded_at = usage.ledger_now()');
    expect(await retention.dropExpired(after(365), ages)).toMatchObject({ kept: [] });
    expect(await listMonths('raw.payload')).toEqual([]);
  });

  it('answers that are not in the catalog, also while a later call is under way', async () => {
    await storeAnswer('2031-01-15T00:00:00Z', false);
    await at.setTime('2031-02-15T00:00:00Z');
    await at.grant('b');
    const { kept } = await retention.dropExpired(after(365), ages);
    expect(kept).toContainEqual({ partitionName: 'raw.payload_2031_01', reason: 'needed' });
    expect(await at.raw.listUnloaded(10)).toHaveLength(1);
  });

  it('no month that was over when the first of them was asked for', async () => {
    await storeAnswer('2031-02-01T00:00:00Z', false);
    await at.db.pool.query("UPDATE raw.payload SET observed_at = '2031-02-01T00:00:00Z'");
    const { dropped, kept } = await retention.dropExpired(after(120), ages);
    expect(dropped).toContain('raw.payload_2031_01');
    expect(kept).toContainEqual({ partitionName: 'raw.payload_2031_02', reason: 'needed' });
  });

  it('the call of an answer that is not in the catalog', async () => {
    await storeAnswer('2031-01-31T23:59:00Z', false);
    await totalEverything('2031-02-10T12:00:00Z');
    await retention.dropExpired(after(1000), ages);
    expect(await at.callStates()).toEqual(['committed']);
  });

  it('calls that are under way, until the sweeper has ended them', async () => {
    await at.setTime('2031-01-15T00:00:00Z');
    await at.grant('a');
    expect((await retention.dropExpired(after(1000), ages)).dropped).not.toContain('usage.api_call_2031_01');
    await totalEverything('2031-02-10T12:00:00Z');
    await at.ledger.sweep();
    expect(await at.callStates()).toEqual(['refunded']);
    // That changed an hour which was totalled; it is totalled again with the next one.
    await totalEverything('2031-02-10T13:00:00Z');
    expect((await retention.dropExpired(after(1000), ages)).dropped).toContain('usage.api_call_2031_01');
    expect(await at.callStates()).toEqual([]);
  });

  it('no hour without a call, and nothing for the first call of the next month', async () => {
    await storeAnswer('2031-02-01T00:00:00Z');
    await at.db.pool.query("UPDATE usage.api_call SET granted_at = '2031-02-01T00:00:00Z'");
    const { dropped } = await retention.dropExpired(after(801), ages);
    expect(dropped).toContain('usage.api_call_2031_01');
    expect(dropped).not.toContain('usage.api_call_2031_02');
    expect(await at.callStates()).toEqual(['committed']);
  });

  it('calls that are not in the totals by hour yet', async () => {
    await storeAnswer('2031-01-15T00:00:00Z');
    await retention.dropExpired(after(1000), ages);
    expect(await at.callStates()).toEqual(['committed']);
    await totalEverything('2031-02-10T12:00:00Z');
    await retention.dropExpired(after(1000), ages);
    expect(await at.callStates()).toEqual([]);
    const { rows } = await at.db.pool.query('SELECT calls FROM usage.hour_total');
    expect(rows).toEqual([{ calls: 1 }]);
  });
});

describe('a month that can not be dropped now', () => {
  it('stays while its table is read, is reported, and is dropped when the reader is done', async () => {
    const reader = await at.db.pool.connect();
    try {
      await reader.query(`SET application_name = 'a report'; BEGIN; SELECT FROM raw.payload`);
      const message = expect.stringMatching(
        /^the lock raw\.payload is held by process .*application a report, since/,
      ) as string;
      const busy = { partitionName: 'raw.payload_2031_01', reason: 'DATABASE_LOCKED', message };
      expect((await retention.dropExpired(after(90), ages)).kept).toContainEqual(busy);
      await reader.query('COMMIT');
    } finally {
      reader.release(true);
    }
    expect((await retention.dropExpired(after(90), ages)).dropped).toContain('raw.payload_2031_01');
  });

  it('does not hold back the others', async () => {
    await at.db.pool.query('CREATE VIEW public.mine AS SELECT * FROM raw.payload_2031_01');
    const { dropped, kept } = await retention.dropExpired(after(120), ages);
    const message = 'the database refused a statement';
    expect(kept).toEqual([{ partitionName: 'raw.payload_2031_01', reason: 'DATABASE_REJECTED', message }]);
    expect(dropped).toContain('raw.payload_2031_02');
    await at.db.pool.query('DROP VIEW public.mine');
    expect((await retention.dropExpired(after(120), ages)).dropped).toEqual(['raw.payload_2031_01']);
  });
});

describe('quota windows', () => {
  it('that ended before a time are deleted, a few at a time; others still count', async () => {
    for (const day of ['01', '02', '03', '04']) {
      await at.setTime(`2031-01-${day}T12:00:00Z`);
      await at.grant(day);
    }
    const endedBefore = new Date('2031-01-04T00:00:00Z');
    expect(await retention.deleteQuotaPeriods(endedBefore, 2)).toBe(2);
    expect(await retention.deleteQuotaPeriods(endedBefore, 2)).toBe(1);
    expect(await retention.deleteQuotaPeriods(endedBefore, 2)).toBe(0);
    const { rows } = await at.db.pool.query('SELECT granted FROM usage.quota_period');
    expect(rows).toEqual([{ granted: 1 }]);
    const [status] = await at.quota.quotaStatus();
    expect(status).toMatchObject({ used: 1 });
  });
});

describe('rows of tables without partitions', () => {
  const now = new Date('2031-02-10T12:00:00Z');
  const select = async (sql: string) => (await at.db.pool.query<Record<string, unknown>>(sql)).rows;

  it('go when they are older than they are kept, a few at a time', async () => {
    await at.db.pool.query('TRUNCATE sync.slot, sync.observation_stat, sync.operator_action');
    await at.db.pool.query(
      `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
       SELECT 'nightly', $1::timestamptz - d * interval '1 day', 'missed', $1 FROM generate_series(399, 403) d`,
      [now],
    );
    await at.db.pool.query(
      `INSERT INTO sync.observation_stat (date_day, source, hint, decile, expected)
       SELECT $1::date - d, 'detail', 'none', 1, 0 FROM generate_series(199, 201) d`,
      ['2031-02-10'],
    );
    await at.db.pool.query(
      `INSERT INTO sync.operator_action (acted_at, actor, action, subject, outcome)
       SELECT $1::timestamptz - d * interval '1 day', 'x', 'run', 'x', 'done' FROM unnest(ARRAY[799, 801]) d`,
      [now],
    );
    expect(await retention.deleteRows(now, ages, 2)).toEqual({ slots: 2, observationStats: 1, actions: 1 });
    expect(await retention.deleteRows(now, ages, 2)).toEqual({ slots: 1, observationStats: 0, actions: 0 });
    expect(await retention.deleteRows(now, ages, 2)).toEqual({ slots: 0, observationStats: 0, actions: 0 });
    expect(await select('SELECT slot_at FROM sync.slot ORDER BY 1')).toEqual(
      [400, 399].map((days) => ({ slot_at: after(-days, now.toISOString()) })),
    );
    expect(await select('SELECT date_day::text FROM sync.observation_stat ORDER BY 1')).toEqual([
      { date_day: '2030-07-25' },
      { date_day: '2030-07-26' },
    ]);
    expect(await select('SELECT FROM sync.operator_action')).toHaveLength(1);
  });

  it('the newest slot of a schedule stays, at any age: later slots are still undecided', async () => {
    await at.db.pool.query('TRUNCATE sync.slot');
    await at.db.pool.query(
      `INSERT INTO sync.slot (schedule, slot_at, outcome, decided_at)
       SELECT 'yearly', d::timestamptz, 'missed', d::timestamptz FROM unnest(ARRAY['2025-01-01', '2026-01-01']) d`,
    );
    expect(await retention.deleteRows(now, ages, 10)).toMatchObject({ slots: 1 });
    expect(await select('SELECT slot_at::date::text AS day FROM sync.slot')).toEqual([{ day: '2026-01-01' }]);
  });
});
