import { expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createMaintenance, type MaintainDeps } from '../../../src/maintenance/maintain.ts';
import { retentionAges } from '../../../src/maintenance/retention-ages.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const begin = new Date('2026-11-28T00:00:00Z');
const at = (ms: number) => new Date(begin.getTime() + ms);

const ages = {
  ...{ rawMs: 90 * dayMs, callsMs: 800 * dayMs, observationsMs: 800 * dayMs, searchHitsMs: 400 * dayMs },
  ...{ slotsMs: 400 * dayMs, observationStatsMs: 400 * dayMs, actionsMs: 800 * dayMs },
};

interface Found {
  readonly made?: readonly string[];
  readonly dropped?: readonly string[];
  readonly kept?: readonly { readonly partitionName: string; readonly reason: string }[];
  readonly periods?: number;
  readonly slots?: number;
  readonly observationStats?: number;
  readonly actions?: number;
}

/** Maintenance of a database in which this is found, what it was asked for, and its log. */
function open(found: Found | (() => Found), changed: Partial<MaintainDeps> = {}) {
  const now = () => (typeof found === 'function' ? found() : found);
  const asked: unknown[][] = [];
  const lines: { level: string; code?: string }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as { level: string }) };
  const maintain = createMaintenance({
    ensurePartitions: async () => now().made ?? [],
    fitPlanner: async (time) => void asked.push(['fit', time]),
    retention: {
      listExpired: async () => [],
      dropExpired: async () => ({ dropped: now().dropped ?? [], kept: now().kept ?? [] }),
      deleteQuotaPeriods: async (endedBefore, limit) => {
        asked.push(['periods', endedBefore, limit]);
        return now().periods ?? 0;
      },
      deleteRows: async (time, _ages, limit) => {
        asked.push(['rows', time, limit]);
        const { slots = 0, observationStats = 0, actions = 0 } = now();
        return { slots, observationStats, actions };
      },
    },
    ages,
    log: createLogger({ level: 'trace', pretty: false, stream }),
    ...changed,
  });
  return { maintain, asked, lines, countFits: () => asked.filter(([what]) => what === 'fit').length };
}

/** How often it was done at these times. */
async function timesDone(found: Found | (() => Found), ...times: readonly number[]): Promise<number> {
  const { maintain, countFits } = open(found);
  for (const ms of times) await maintain(at(ms));
  return countFits();
}

it('is done at once, and again when a day has passed', async () => {
  expect(await timesDone({}, 0, 5 * minuteMs, dayMs - 1)).toBe(1);
  expect(await timesDone({}, 0, dayMs)).toBe(2);
});

const locked = { partitionName: 'raw.payload_2026_01', reason: 'DATABASE_LOCKED' };

it.each([
  { kept: [locked] },
  { periods: 5000 },
  { slots: 5000 },
  { observationStats: 5000 },
  { actions: 5000 },
])('goes on after five minutes where %j is left', async (found) => {
  expect(await timesDone(found, 0, 5 * minuteMs - 1)).toBe(1);
  expect(await timesDone(found, 0, 5 * minuteMs)).toBe(2);
});

it('is over for the day when fewer rows were old than one statement deletes', async () => {
  expect(await timesDone({ periods: 4999, slots: 4999 }, 0, 5 * minuteMs)).toBe(1);
});

it('fails without harm, and is tried again after five minutes', async () => {
  let failures = 0;
  const { maintain, lines } = open(
    {},
    {
      ensurePartitions: async () => {
        failures += 1;
        throw new Error('no');
      },
    },
  );
  for (const ms of [0, 5 * minuteMs - 1, 5 * minuteMs]) await maintain(at(ms));
  expect(failures).toBe(2);
  expect(lines).toMatchObject([{ level: 'warn' }, { level: 'warn' }]);
});

it.each([
  [800, 800],
  [366, 366],
  [365, 366],
  [31, 366],
])('where calls are kept for %i days, quota periods are kept for %i', async (callsDays, periodDays) => {
  const { maintain, asked } = open({}, { ages: { ...ages, callsMs: callsDays * dayMs } });
  await maintain(begin);
  expect(asked).toEqual([
    ['fit', begin],
    ['periods', at(-periodDays * dayMs), 5000],
    ['rows', begin, 5000],
  ]);
});

it.each<[Found, string[]]>([
  [{}, []],
  [{ made: ['a'] }, ['info']],
  [{ dropped: ['a'] }, ['info']],
  [{ kept: [locked] }, ['warn']],
  [{ periods: 1 }, ['info']],
  [{ slots: 1 }, ['info']],
  [{ made: ['a'], dropped: ['a'], kept: [locked], actions: 1 }, ['warn']],
])('of %j, the log says %j', async (found, levels) => {
  const { maintain, lines } = open(found);
  await maintain(begin);
  expect(lines.map(({ level }) => level)).toEqual(levels);
});

it('answers are kept as long as they may be used, and the figures of the planner for 91 days', () => {
  const freshness = { categoryMs: 7 * dayMs, searchMs: dayMs, detailMs: dayMs };
  expect(retentionAges({ retention: ages, freshness })).toEqual(ages);
  for (const key of ['categoryMs', 'searchMs', 'detailMs'] as const) {
    const longer = { ...freshness, [key]: 200 * dayMs };
    expect(retentionAges({ retention: ages, freshness: longer })).toEqual({ ...ages, rawMs: 200 * dayMs });
  }
  const brief = { ...ages, observationStatsMs: 31 * dayMs };
  expect(retentionAges({ retention: brief, freshness }).observationStatsMs).toBe(91 * dayMs);
});

it('is tried again in a little while when the planner can not be fitted', async () => {
  const { maintain, lines, asked } = open({}, { fitPlanner: () => Promise.reject(new Error('no database')) });
  await maintain(at(0));
  expect(lines.map(({ level }) => level)).toEqual(['warn']);
  expect(asked).toEqual([]);
});
