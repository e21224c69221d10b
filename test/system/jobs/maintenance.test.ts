import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createMaintenance, type MaintainDeps } from '../../../src/maintenance/maintain.ts';
import type { RetentionStore } from '../../../src/maintenance/retention-store.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { retentionAges } from '../../../src/maintenance/retention-ages.ts';
import { withTestStack, type LogLine, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { expectTruth } from '../../support/catalog-truth.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const monthly = ['catalog.observation', 'catalog.search_hit', 'raw.payload', 'usage.api_call'];

/** Moves both clocks ahead to a time; on a slow machine it may have passed. */
async function goTo(stack: TestStack, time: Date): Promise<void> {
  await stack.app.runs.claimSource('sandbox');
  await stack.advance(Math.max(0, time.getTime() - (await stack.app.quota.ledgerNow()).getTime()));
}

/** One tick of this process. */
const tickOnce = (stack: TestStack) => stack.app.conduct(() => Promise.resolve(true));

/** Names of partitions of a month, like `raw.payload_2031_01`. */
async function listMonth(stack: TestStack, month: string): Promise<string[]> {
  const rows = await stack.query<{ name: string }>(
    `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhrelid::regclass::text LIKE '%\\_' || $1 ORDER BY 1`,
    [month],
  );
  return rows.map(({ name }) => name);
}

const inMonth = (month: string) => monthly.map((table) => `${table}_${month}`);

/** The last moments of a January to come, for which no partition is made yet. */
const lateInJanuary = new Date(Date.UTC(new Date().getUTCFullYear() + 1, 0, 31, 23, 59, 58));

/** A few dozen calls, which take long at 1688 and little of this machine. */
const slowSearch = {
  sandbox: { latencyMs: 100 },
  sync: parseSyncFile(
    `{ account: business, quotas: { per_second: 1000 }, feeds: [{ name: all, keywords: [款] }] }`,
    'test',
  ),
};

const after = (time: Date, ms: number) => new Date(time.getTime() + ms);

const nameOf = (time: Date) => time.toISOString().slice(0, 7).replace('-', '_');

describe('at the turn of a month', () => {
  it('the partitions of the next three months are there days before', () =>
    withTestStack({ backend: 'postgres' }, async (stack) => {
      await goTo(stack, lateInJanuary);
      await tickOnce(stack);
      for (const ahead of [0, 1, 2, 3]) {
        const month = nameOf(new Date(Date.UTC(lateInJanuary.getUTCFullYear(), ahead, 1)));
        expect(await listMonth(stack, month)).toEqual(inMonth(month));
      }
    }));

  it('a sync loses nothing, also when nobody made the next month before', () =>
    withTestStack({ backend: 'postgres', ...slowSearch }, async (stack) => {
      const [thisMonth, nextMonth] = [nameOf(lateInJanuary), nameOf(after(lateInJanuary, dayMs))];
      await goTo(stack, after(lateInJanuary, -dayMs / 2));
      await tickOnce(stack);
      // As if maintenance had failed for months.
      for (const partition of await listMonth(stack, nextMonth)) await stack.query(`DROP TABLE ${partition}`);
      // Seconds at most are left out while calls are under way: one that seems to take hours counts as lost.
      await goTo(stack, after(lateInJanuary, -minuteMs / 3));
      const running = stack.run();
      await until(async () => (await stack.query('SELECT FROM catalog.observation LIMIT 1')).length > 0);
      await goTo(stack, lateInJanuary);
      const run = await running;
      // However fast it was, something is done on the other side too.
      await goTo(stack, after(lateInJanuary, 8 * dayMs));
      const later = await stack.run();
      expect([run.status, later.status]).toEqual(['succeeded', 'succeeded']);
      expect([run.counts.errors, later.counts.errors]).toEqual([0, 0]);
      expect(stack.logs).toEqual([]);
      await expectTruth(stack, `keywords=${encodeURIComponent('款')}`);
      expect(await listMonth(stack, thisMonth)).toEqual(inMonth(thisMonth));
      expect(await listMonth(stack, nextMonth)).toEqual(inMonth(nextMonth));
      const [counts] = await stack.query<{ before: number; after: number }>(
        `SELECT (SELECT count(*)::int FROM usage.api_call_${thisMonth}) AS before,
                (SELECT count(*)::int FROM usage.api_call_${nextMonth}) AS after`,
      );
      expect(counts?.before).toBeGreaterThan(0);
      expect(counts?.after).toBeGreaterThan(0);
    }));
});

describe('old months', () => {
  it('go with the tick, once what they hold is in the catalog', () =>
    withTestStack({ backend: 'postgres' }, async (stack) => {
      expect(await stack.run()).toMatchObject({ status: 'succeeded' });
      const readCatalog = () =>
        stack.query(
          'SELECT offer_id, sku_id, kind, min_quantity, amount_cny FROM catalog.price ORDER BY 1, 2, 3, 4',
        );
      const catalog = await readCatalog();
      const [before] = await stack.query<{ raw: number }>('SELECT count(*)::int AS raw FROM raw.payload');
      expect(before?.raw).toBeGreaterThan(0);
      await stack.query(
        'UPDATE raw.payload SET loaded_at = NULL WHERE raw_id = (SELECT min(raw_id) FROM raw.payload)',
      );
      await stack.advance(150 * dayMs);
      // The first answer of all was lost: it is loaded, then its month may go.
      await tickOnce(stack);
      const [left] = await stack.query<{ raw: number; calls: number }>(
        `SELECT (SELECT count(*)::int FROM raw.payload) AS raw,
                (SELECT count(*)::int FROM usage.api_call WHERE raw_id IS NOT NULL) AS calls`,
      );
      expect(left?.raw).toBe(0);
      expect(left?.calls).toBe(before?.raw);
      expect(await readCatalog()).toEqual(catalog);
      expect(stack.logs).toEqual([]);
    }));
});

describe('how long answers are kept', () => {
  const agesOf = (settings: string) =>
    retentionAges(
      parseSyncFile(`account: personal\nfeeds: [{ name: x, categories: ["0"] }]\n${settings}`, 'test'),
    );

  it('is as configured, and never less than they are fresh', () => {
    expect(agesOf('').rawMs).toBe(90 * dayMs);
    expect(agesOf('retention: { raw: 31d }').rawMs).toBe(31 * dayMs);
    expect(agesOf('retention: { raw: 31d }\nfreshness: { category: 200d }').rawMs).toBe(200 * dayMs);
    expect(agesOf('retention: { calls: 60d }').callsMs).toBe(60 * dayMs);
    expect(agesOf('retention: { observation_stats: 31d }').observationStatsMs).toBe(91 * dayMs);
  });
});

describe('maintenance', () => {
  let lines: LogLine[];
  let observations: number;
  let deleted: Date[];
  beforeEach(() => {
    lines = [];
    observations = 0;
    deleted = [];
  });
  afterEach(() => {
    expect(observations).toBeGreaterThan(0);
  });

  /** A port at which each observation finds the same. */
  function createDeps(changes: Partial<RetentionStore> = {}): MaintainDeps {
    const stream = { write: (line: string) => void lines.push(JSON.parse(line) as LogLine) };
    return {
      ensurePartitions: async () => {
        observations++;
        return [];
      },
      fitPlanner: async () => undefined,
      retention: {
        listExpired: async () => [],
        dropExpired: async () => ({ dropped: [], kept: [] }),
        deleteQuotaPeriods: async (endedBefore) => {
          deleted.push(endedBefore);
          return 0;
        },
        deleteRows: async () => ({ slots: 0, observationStats: 0, actions: 0 }),
        ...changes,
      },
      ages: {
        ...{ rawMs: dayMs, callsMs: 31 * dayMs, observationsMs: dayMs, searchHitsMs: dayMs },
        ...{ slotsMs: dayMs, observationStatsMs: dayMs, actionsMs: dayMs },
      },
      log: createLogger({ level: 'info', pretty: false, stream }),
    };
  }
  const start = Date.parse('2031-05-31T00:00:00Z');
  const at = (ms: number) => new Date(start + ms);

  it('checks once a day, and says nothing when there is nothing to do', async () => {
    const maintain = createMaintenance(createDeps());
    for (const ms of [0, 1000, 10 * minuteMs, dayMs - 1]) await maintain(at(ms));
    expect(observations).toBe(1);
    await maintain(at(dayMs));
    expect(observations).toBe(2);
    expect(lines).toEqual([]);
  });

  it('checks again soon after something was left over, and says what in one line', async () => {
    const kept = [
      { partitionName: 'raw.payload_2031_01', reason: 'DATABASE_LOCKED', message: 'a report reads it' },
    ];
    const report = { dropped: ['raw.payload_2030_12'], kept };
    const maintain = createMaintenance(createDeps({ dropExpired: async () => report }));
    for (const ms of [0, 1000, 5 * minuteMs]) await maintain(at(ms));
    expect(observations).toBe(2);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({ made: [], ...report, periodsDeleted: 0 });
  });

  it('that fails is logged and retried, and stops no process', async () => {
    const fail = () => Promise.reject(new Error('no such luck'));
    const maintain = createMaintenance(createDeps({ dropExpired: fail }));
    for (const ms of [0, 1000, 5 * minuteMs]) await maintain(at(ms));
    expect(observations).toBe(2);
    expect(lines).toMatchObject([{ code: 'INTERNAL' }, { code: 'INTERNAL' }]);
  });

  it('keeps the counts of quota windows for a year at least', async () => {
    const deps = createDeps();
    await createMaintenance(deps)(at(0));
    await createMaintenance({ ...deps, ages: { ...deps.ages, callsMs: 800 * dayMs } })(at(0));
    expect(deleted).toEqual([at(-366 * dayMs), at(-800 * dayMs)]);
  });
});
