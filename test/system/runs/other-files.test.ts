import { expect, it } from 'vitest';
import type { SyncConfig } from '../../../src/model/sync-config.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { withTestStack, type TestProcess, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import { countPaidTwice, expectOneRowPerArrival } from '../../support/catalog-truth.ts';

/** A file with one feed `a`, and the settings below it. */
function fileOf(keywords: readonly string[], more = ''): SyncConfig {
  const feed = `{ name: a, keywords: [${keywords.join(', ')}] }`;
  return parseSyncFile(
    `account: business\nquotas: { per_second: 1000 }\nfeeds:\n  - ${feed}\n${more}`,
    'test',
  );
}
const before = fileOf(['夏季']);
const withFeed = fileOf(['夏季'], '  - { name: b, keywords: [冬季] }\n');
const withKeyword = fileOf(['夏季', '冬季']);

/** A database that `before` works on. */
const withFiles = (work: (stack: TestStack) => Promise<void>) =>
  withTestStack({ backend: 'postgres', sandbox: { offers: 300 }, sync: before }, work);

/** Works beside others, as `serve` does. `work` may wait for a tick that begins after what it did last. */
async function whileServing<Result>(
  serving: TestProcess,
  work: (tick: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  let isOver = false;
  let ticks = 0;
  const served = serving.app.conduct(async () => {
    ticks += 1;
    return isOver;
  });
  const tick = async () => {
    // The one that is under way may have begun before.
    const whole = ticks + 2;
    await until(() => ticks >= whole);
  };
  try {
    return await work(tick);
  } finally {
    isOver = true;
    await served;
  }
}

/** What there is to ask for of the keyword that only the new file has, and what is known of it. */
async function readNew(stack: TestStack) {
  const [row] = await stack.query<{ windows: number; offers: number; unseen: number }>(
    `SELECT count(DISTINCT w.window_id) FILTER (WHERE w.completed_at IS NOT NULL AND w.retired_at IS NULL)::int AS windows,
            count(r.offer_id)::int AS offers, count(*) FILTER (WHERE r.detail_at IS NULL)::int AS unseen
     FROM sync.search_window w
     LEFT JOIN sync.window_offer o USING (window_id)
     LEFT JOIN sync.refresh r USING (offer_id)
     WHERE w.keyword = '冬季'`,
  );
  return row;
}

const leftAlone = 'a run was started with another catalog-sync.yaml: processes with that file continue it';
const taken = 'a run continues with this catalog-sync.yaml, because no process uses its own any more';
const ended =
  'a run is cancelled, because no process uses its catalog-sync.yaml any more and this one does not have its feeds';
const said = ({ logs }: TestProcess) =>
  logs.filter(({ msg }) => [leftAlone, taken, ended].includes(msg)).map(({ msg, runId }) => [msg, runId]);

it('a feed that was added is synced whole, though `serve` does not know it yet', () =>
  withFiles(async (stack) => {
    const other = await stack.openProcess({ sync: withFeed });
    const runs = await whileServing(stack, async () => {
      const request = { scope: 'feed:b', feedNames: ['b'] };
      return [await other.run(request), await other.run(request)];
    });
    expect(runs).toMatchObject([
      { status: 'succeeded', cause: null },
      { status: 'succeeded', callsUsed: 0 },
    ]);
    const known = await readNew(stack);
    expect(known).toMatchObject({ windows: 1, unseen: 0 });
    expect(known?.offers).toBeGreaterThan(50);
    expect(runs[0]?.callsUsed).toBeGreaterThan(known?.offers ?? Infinity);
    expect(said(other)).toEqual([]);
    expect(said(stack).filter(([, runId]) => runId === runs[0]?.runId)).toEqual([
      [leftAlone, runs[0]?.runId],
    ]);
  }));

it('a keyword that was added is searched to its end, and no window comes and goes', () =>
  withFiles(async (stack) => {
    expect(await stack.run()).toMatchObject({ status: 'succeeded' });
    const other = await stack.openProcess({ sync: withKeyword });
    const runs = await whileServing(stack, async () => [await other.run(), await other.run()]);
    expect(runs).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded', callsUsed: 0 }]);
    expect(await readNew(stack)).toMatchObject({ windows: 1, unseen: 0 });
    expect(await countPaidTwice(stack)).toBe(0);
  }));

it('files that differ in limits and schedules alone share a run', () =>
  withFiles(async (stack) => {
    const limits = { ...before.quotas, perSecond: 900 };
    const other = await stack.openProcess({ sync: { ...before, quotas: limits } });
    const request = { scope: 'all', feedNames: ['a'], trigger: 'test', source: 'sandbox' } as const;
    const begun = await stack.app.begin({ ...request, budgetCalls: null, deadlineMs: null });
    if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
    const { runId } = begun.run;
    await stack.app.conduct(async () => ((await stack.app.runs.read(runId))?.callsUsed ?? 0) >= 10);
    expect(await other.app.runs.read(runId)).toMatchObject({ status: 'running' });
    await other.app.conduct(async () => (await other.app.runs.read(runId))?.endedAt !== null);
    expect(await other.app.runs.read(runId)).toMatchObject({ status: 'succeeded' });
    await expectOneRowPerArrival(stack);
    expect([...said(stack), ...said(other)]).toEqual([]);
  }));

it('a run of a release that did not record its file is driven by any process', () =>
  withFiles(async (stack) => {
    const other = await stack.openProcess({ sync: withKeyword });
    await stack.app.runs.claimSource('sandbox');
    const request = { scope: 'all', feedNames: ['a'], trigger: 'test', source: 'sandbox' } as const;
    const begun = await stack.app.runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
    if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
    const { runId } = begun.run;
    await other.app.conduct(async () => (await other.app.runs.read(runId))?.endedAt !== null);
    expect(await other.app.runs.read(runId)).toMatchObject({ status: 'succeeded' });
    expect(said(other)).toEqual([]);
  }));

/** Begins a run of another file and makes some calls of it, then goes away as one that is killed. */
async function beginAndDie(stack: TestStack, sync: SyncConfig): Promise<string> {
  const gone = await stack.openProcess({ sync });
  const feedNames = sync.feeds.map(({ name }) => name);
  const request = { scope: 'all', feedNames, trigger: 'test', source: 'sandbox' } as const;
  const begun = await gone.app.begin({ ...request, budgetCalls: null, deadlineMs: null });
  if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
  const { runId } = begun.run;
  await gone.app.conduct(async () => ((await gone.app.runs.read(runId))?.callsUsed ?? 0) >= 20);
  await gone.close();
  return runId;
}

const goQuiet = (stack: TestStack, table: 'run' | 'worker') =>
  stack.query(
    `UPDATE sync.${table} SET heartbeat_at = heartbeat_at - interval '1 minute' WHERE sync_file_hash IS NOT NULL`,
  );

it('a run whose last process with its file is gone continues with another file that has its feeds', () =>
  withFiles(async (stack) => {
    const runId = await beginAndDie(stack, withKeyword);
    const read = () => stack.app.runs.read(runId);
    await goQuiet(stack, 'run');
    await goQuiet(stack, 'worker');
    await whileServing(stack, async () => {
      await until(() => said(stack).length > 0);
      await goQuiet(stack, 'worker');
      await stack.advance(120_000);
      await until(async () => (await read())?.endedAt !== null);
    });
    expect(await read()).toMatchObject({ status: 'succeeded', cause: null });
    expect(said(stack)).toEqual([
      [leftAlone, runId],
      [taken, runId],
    ]);
    expect(await countPaidTwice(stack)).toBe(0);
  }));

it('a run of feeds that no file has any more ends with its cause, and the next one continues', () =>
  withFiles(async (stack) => {
    const runId = await beginAndDie(stack, withFeed);
    const read = () => stack.app.runs.read(runId);
    await whileServing(stack, async (tick) => {
      await until(() => said(stack).length > 0);
      await goQuiet(stack, 'run');
      // Another process with its file had a heartbeat a moment ago.
      await stack.advance(60_000);
      await tick();
      expect(await read()).toMatchObject({ status: 'running' });
      await goQuiet(stack, 'worker');
      await tick();
      expect(await read()).toMatchObject({ status: 'running' });
      await stack.advance(120_000);
      await until(async () => (await read())?.endedAt !== null);
    });
    expect(await read()).toMatchObject({ status: 'cancelled', cause: 'SYNC_FILE_CHANGED' });
    expect(said(stack)).toEqual([
      [leftAlone, runId],
      [ended, runId],
    ]);
    const other = await stack.openProcess({ sync: withFeed });
    expect(await other.run({ feedNames: ['a', 'b'] })).toMatchObject({ status: 'succeeded' });
    expect(await readNew(stack)).toMatchObject({ windows: 1, unseen: 0 });
    expect(await countPaidTwice(stack)).toBe(0);
  }));

it('a sync by another file takes over a run of its scope whose process died, as before', () =>
  withFiles(async (stack) => {
    const runId = await beginAndDie(stack, withKeyword);
    await goQuiet(stack, 'run');
    expect(await stack.run()).toMatchObject({ status: 'succeeded', runId });
  }));
