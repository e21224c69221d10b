import { afterAll, expect, test } from 'vitest';
import { judgeMatching } from '../../../bench/chaos/judges/judge-matching.ts';
import { judgePeriods } from '../../../bench/chaos/judges/judge-periods.ts';
import { readLedger } from '../../../bench/chaos/read-evidence.ts';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { builtProgram } from '../../support/built-program.ts';
import { createTestDatabase } from '../../support/database.ts';
import { startTestRedis } from '../../support/redis.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { listBackends } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { listArrivals, openHost } from './hosts.ts';
import { detailApi, findFaults, setLedgerAhead, untilNoonMs } from './restore-world.ts';

const log = createLogger({ level: 'silent', pretty: false });
const dayMs = 86_400_000;
const wrongByMs = 600_000;
const detailsPerDay = 70;
const callsPerSecond = 10;

const syncFile = `
account: business
freshness: { category: 300d, search: 300d, detail: 300d }
feeds: [{ name: all, categories: ['0'] }]
quotas:
  per_second: ${callsPerSecond}
  approved: { offer.detail: { daily: ${detailsPerDay} } }
`;

const closing = new CloseStack();
afterAll(() => closing.close(log), 60_000);

async function openWorld() {
  const database = await createTestDatabase();
  closing.add('database', () => database.drop());
  const sandbox = await startTestSandbox({
    ...{ offers: 100, categories: 10, worldStepMs: 1e14, latencyMs: 50 },
    quotas: { perApi: { [detailApi]: { perDay: detailsPerDay } }, appPerSecond: callsPerSecond },
  });
  closing.add('sandbox', () => sandbox.close());
  const redis = listBackends().includes('redis') ? await startTestRedis() : null;
  if (redis) closing.add('redis', () => redis.close());
  const settings = {
    ...sandboxSettings(sandbox),
    DATABASE_URL: database.url,
    ...(redis?.url ? { REDIS_URL: redis.url } : {}),
  };
  await createRunStore({ pool: database.pool }).claimSource('sandbox');
  const aheadMs = untilNoonMs(sandbox.now().getTime());
  sandbox.advance(aheadMs);
  await setLedgerAhead(database.url, aheadMs);
  const hosts = [wrongByMs, -wrongByMs].map((clockAheadMs) => openHost(syncFile, settings, clockAheadMs));
  for (const host of hosts) closing.add('host', () => host.stopAll());
  return { database, sandbox, hosts, aheadMs };
}

test('two hosts whose clocks are wrong share a run, and exceed no limit', { timeout: 240_000 }, async () => {
  const { database, sandbox, hosts, aheadMs } = await openWorld();
  const program = await builtProgram();
  const workers = hosts.map((host) => host.start(program, 'worker'));
  const ready = () => workers.every((worker) => worker.log().includes('worker ready'));
  await until(ready, { timeoutMs: 60_000, what: 'both hosts are ready' });

  const syncs = () => hosts.map((host) => host.start(program, 'sync').ended);
  // Both at once: one begins the run, the other finds it under way.
  expect(await Promise.all(syncs())).toEqual([0, 0]);
  expect((await database.pool.query('SELECT status FROM sync.run')).rows).toEqual([
    { status: 'partial_quota' },
  ]);
  expect(workers.map((worker) => worker.countCalls() > 0)).toEqual([true, true]);

  sandbox.advance(dayMs);
  await setLedgerAhead(database.url, aheadMs + dayMs);
  expect(await Promise.all(syncs())).toEqual([0, 0]);
  for (const { child } of workers) child.kill('SIGTERM');
  expect(await Promise.all(workers.map(({ ended }) => ended))).toEqual([0, 0]);

  const arrivals = await listArrivals(sandbox);
  expect(arrivals.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
  const windows = judgePeriods(arrivals, [{ api: detailApi, period: 'day', calls: detailsPerDay }]);
  const matching = judgeMatching(arrivals, await readLedger(database.pool));
  expect([...windows.breaches, ...matching.breaches]).toEqual([]);
  expect(windows.busiestSecond).toBeLessThanOrEqual(callsPerSecond);
  expect(windows.fullest[0]?.calls).toBeGreaterThan(detailsPerDay * 0.9);
  expect(await findFaults(database.url, sandbox)).toEqual([]);
});
