import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { readLedger } from '../../../bench/chaos/read-evidence.ts';
import { judgeMatching } from '../../../bench/chaos/judges/judge-matching.ts';
import { judgePeriods } from '../../../bench/chaos/judges/judge-periods.ts';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { buildNextRelease, unpackPreviousRelease } from '../../support/previous-release.ts';
import { startTestRedis } from '../../support/redis.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { listBackends, type Backend } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { detailApi, findFaults, setLedgerAhead, untilNoonMs } from './restore-world.ts';
import { listArrivals, openHost, type Host } from './hosts.ts';

const log = createLogger({ level: 'silent', pretty: false });
const dayMs = 86_400_000;
const detailsPerDay = 160;

/** Slow enough that the run lasts as long as the upgrade takes. */
const syncFile = `
account: business
freshness: { category: 300d, search: 300d, detail: 300d }
feeds: [{ name: all, categories: ['0'] }]
quotas:
  per_second: 4
  approved: { offer.detail: { daily: ${detailsPerDay} } }
`;

let previous: string;
let next: string;
beforeAll(async () => {
  const folder = inject('testServers').scratchFolder;
  previous = unpackPreviousRelease(join(folder, 'previous-release'));
  next = await buildNextRelease(join(folder, 'next-release'));
}, 180_000);

async function openWorld(backend: Backend, closing: CloseStack) {
  const database = await createTestDatabase({ migrated: false });
  closing.add('database', () => database.drop());
  const sandbox = await startTestSandbox({
    ...{ offers: 200, categories: 10, worldStepMs: 1e14, latencyMs: 50 },
    quotas: { perApi: { [detailApi]: { perDay: detailsPerDay } } },
  });
  closing.add('sandbox', () => sandbox.close());
  const redis = backend === 'redis' ? await startTestRedis() : null;
  if (redis) closing.add('redis', () => redis.close());
  const settings = {
    ...sandboxSettings(sandbox),
    DATABASE_URL: database.url,
    ...(redis?.url ? { REDIS_URL: redis.url } : {}),
  };
  const hosts = [openHost(syncFile, settings), openHost(syncFile, settings)] as const;
  for (const host of hosts) closing.add('host', () => host.stopAll());
  return { database, sandbox, hosts };
}

const setPace = ({ pool }: TestDatabase, appKey: string, calls: number) =>
  createQuotaStore({ pool }).setLimit({ appKey, api: '*', period: 'second', callLimit: calls });

async function runToEnd(host: Host, program: string, ...words: string[]) {
  const started = host.start(program, ...words);
  return { code: await started.ended, log: started.log() };
}

/** Calls by the argument that one release gives, and that the one before does not know. */
interface Marked {
  readonly release: string;
  readonly calls: number;
}

describe.each(listBackends())('with the queues on %s', (backend) => {
  const closing = new CloseStack();
  afterAll(() => closing.close(log), 60_000);

  test('one host after the other is upgraded while a run goes on', { timeout: 400_000 }, async () => {
    const { database, sandbox, hosts } = await openWorld(backend, closing);
    const [first, second] = hosts;
    expect(await runToEnd(first, previous, 'migrate')).toMatchObject({ code: 0 });
    await database.pool.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
    const aheadMs = untilNoonMs(sandbox.now().getTime());
    sandbox.advance(aheadMs);
    await setLedgerAhead(database.url, aheadMs);

    const early = await runToEnd(second, next, 'worker');
    expect(early).toMatchObject({ code: 1 });
    expect(early.log).toMatch(
      /DATABASE_NOT_MIGRATED: [^]*Run `node \S+catalog-sync\.js --project \S+ migrate`/,
    );

    const sync = first.start(previous, 'sync');
    const oldWorker = first.start(previous, 'worker');
    await until(() => oldWorker.countCalls() > 0, { timeoutMs: 60_000, what: 'the old worker works' });
    const migrated = await runToEnd(second, next, 'migrate');
    expect(migrated.code, migrated.log).toBe(0);
    expect(migrated.log).toContain('of_the_next_release');

    const callsBefore = oldWorker.countCalls();
    const newWorker = second.start(next, 'worker');
    const bothWorked = () => newWorker.countCalls() > 3 && oldWorker.countCalls() > callsBefore + 3;
    await until(bothWorked, { timeoutMs: 150_000, what: 'both versions work on the run' });
    oldWorker.child.kill('SIGTERM');
    expect(await oldWorker.ended).toBe(0);
    await setPace(database, sandbox.appKey, 200);
    expect(await sync.ended).toBe(0);
    const { rows } = await database.pool.query('SELECT status, cause FROM sync.run ORDER BY run_id');
    expect(rows).toEqual([{ status: 'partial_quota', cause: 'quota' }]);

    sandbox.advance(dayMs);
    await setLedgerAhead(database.url, aheadMs + dayMs);
    expect(await runToEnd(second, next, 'sync')).toMatchObject({ code: 0 });
    newWorker.child.kill('SIGTERM');
    expect(await newWorker.ended).toBe(0);
    // What the old worker loaded lacks what only this release reads.
    expect(await runToEnd(second, next, 'reprocess', '--yes')).toMatchObject({ code: 0 });

    const { rows: marked } = await database.pool.query<Marked>(
      `SELECT of_the_next_release AS release, count(*) FILTER (WHERE settled_by_next_body)::int AS calls
       FROM usage.api_call WHERE of_the_next_release IS NOT NULL GROUP BY 1 ORDER BY 1`,
    );
    // The old worker by the arguments it knows, both through the new body.
    expect(marked.map(({ release }) => release)).toEqual(['next', 'previous']);
    for (const { calls: settled } of marked) expect(settled).toBeGreaterThan(3);

    const arrivals = await listArrivals(sandbox);
    const calls = await readLedger(database.pool);
    const { fullest, breaches } = judgePeriods(arrivals, [
      { api: detailApi, period: 'day', calls: detailsPerDay },
    ]);
    expect([...breaches, ...judgeMatching(arrivals, calls).breaches]).toEqual([]);
    expect(fullest[0]?.calls).toBeGreaterThan(detailsPerDay * 0.9);
    expect(arrivals.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    expect(await findFaults(database.url, sandbox)).toEqual([]);
    const written = [sync, oldWorker, newWorker].flatMap((one) => one.log().split('\n'));
    expect(written.filter((line) => line.includes('"level":"error"'))).toEqual([]);
  });
});
