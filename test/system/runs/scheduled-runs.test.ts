import { expect, it } from 'vitest';
import { startRedis } from '../../../bench/chaos/start-redis.ts';
import type { Schedule } from '../../../src/model/sync-config.ts';
import { findTool } from '../../support/find-tool.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

const minuteMs = 60_000;

/** At a minute of the hour that does not come by itself while a test runs. */
function inHalfAnHour(name: string): Schedule {
  const minute = new Date(Date.now() + 30 * minuteMs).getUTCMinutes();
  const times = { cron: `${String(minute)} * * * *`, timezone: 'UTC', missed: 'once' } as const;
  return { name, ...times, feeds: ['all'], budgetCalls: null };
}

async function callsUsed(stack: TestStack): Promise<number> {
  const [row] = await stack.query<{ calls: number }>('SELECT max(calls_used) AS calls FROM sync.run');
  return row?.calls ?? 0;
}

it.skipIf(findTool(['redis-server'], process.env) === null)(
  'a scheduled run continues while Redis is flushed, and then replaced by an empty one; its slots are accounted for',
  async () => {
    const redis = await startRedis();
    try {
      const schedules = [inHalfAnHour('one'), inHalfAnHour('two')];
      await withTestStack(
        // The hour that passes changes nothing.
        {
          backend: 'postgres',
          env: { REDIS_URL: redis.url },
          sandbox: { latencyMs: 20, worldStepMs: 240 * 60 * minuteMs },
          sync: { schedules },
        },
        async (stack) => {
          await stack.app.runs.claimSource('sandbox');
          await stack.app.keepSchedules();
          await stack.advance(31 * minuteMs);
          let isOver = false;
          const working = stack.app.conduct(() => Promise.resolve(isOver));
          await until(async () => (await callsUsed(stack)) >= 15);
          await redis.flush();
          await until(async () => (await callsUsed(stack)) >= 40);
          await redis.restart();
          await until(async () => (await stack.app.runs.listActive()).length === 0);
          isOver = true;
          await working;
          const slots = await stack.query(
            `SELECT s.schedule, s.outcome, r.status, r.errors, r.calls_used, r.forecast IS NOT NULL AS has_forecast
             FROM sync.slot s JOIN sync.run r USING (run_id) ORDER BY s.schedule`,
          );
          const { total } = (await readStats(stack)).min_calls;
          const run = { status: 'succeeded', errors: 0, calls_used: total, has_forecast: true };
          expect(slots).toEqual([
            { schedule: 'one', outcome: 'ran', ...run },
            { schedule: 'two', outcome: 'merged', ...run },
          ]);
          await expectTruth(stack);
          await expectOneRowPerArrival(stack);
          expect(await countPaidTwice(stack)).toBe(0);
        },
      );
    } finally {
      await redis.stop();
    }
  },
);
