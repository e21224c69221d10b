import { expect, it } from 'vitest';
import { AppError, coreErrors } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { conduct, createWakeup } from '../../../src/jobs/conductor.ts';
import { jobKinds, type JobKind } from '../../../src/jobs/job-kinds.ts';
import type { ProcessDeps } from '../../../src/jobs/process-job.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';

/** Queues without a backend; of their workers only the first `maxWorkers` can be started. */
function createQueues(maxWorkers = 1) {
  const workers = { started: 0, isStopped: false };
  const queues: Queues = {
    backend: 'postgres',
    add: async () => undefined,
    count: async () => ({ active: 0, unfinished: 0 }),
    findTrouble: async () => null,
    work: () => {
      workers.started += 1;
      if (workers.started > maxWorkers) throw new Error('no second worker');
    },
    // Workers stop once their jobs have ended, which takes a while.
    stopWorkers: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      workers.isStopped = true;
    },
    close: async () => undefined,
  };
  return { queues, workers };
}

const conductWith = (
  queues: Queues,
  drain: AbortSignal,
  tick: () => Promise<void> = async () => undefined,
  stopNow: AbortSignal = new AbortController().signal,
) =>
  conduct(
    {
      queues,
      process: { apis: {} } as ProcessDeps,
      tick,
      wake: createWakeup(),
      concurrency: Object.fromEntries(jobKinds.map((kind) => [kind, 1])) as Record<JobKind, number>,
      log: createLogger({ level: 'silent', pretty: false }),
      drain,
      stopNow,
    },
    async () => true,
  );

it('stops the workers it has started when another one can not be', async () => {
  const { queues, workers } = createQueues();
  await expect(conductWith(queues, new AbortController().signal)).rejects.toThrow('no second worker');
  expect(workers).toEqual({ started: 2, isStopped: true });
});

it('starts no worker when it is told to stop before it begins', async () => {
  const { queues, workers } = createQueues();
  await conductWith(queues, AbortSignal.abort());
  expect(workers).toEqual({ started: 0, isStopped: false });
});

it('ends with its workers when a tick meets an error that must halt', async () => {
  const { queues, workers } = createQueues(jobKinds.length);
  const halting = new AppError(coreErrors.CONFIG_INVALID, 'the configuration is wrong');
  await expect(conductWith(queues, new AbortController().signal, () => Promise.reject(halting))).rejects.toBe(
    halting,
  );
  expect(workers).toEqual({ started: jobKinds.length, isStopped: true });
});

it('leaves a tick that does not end when it is told to stop now', async () => {
  const { queues, workers } = createQueues(jobKinds.length);
  const stopNow = AbortSignal.timeout(10);
  const trouble = await conductWith(queues, stopNow, () => new Promise(() => undefined), stopNow);
  expect(trouble).toBeNull();
  expect(workers.started).toBe(jobKinds.length);
});

it('says why its last tick failed, and nothing of one that succeeded later', async () => {
  const away = new AppError(databaseErrors.REDIS_UNREACHABLE, 'no Redis');
  const drain = new AbortController();
  const failing = async () => {
    drain.abort();
    throw away;
  };
  expect(await conductWith(createQueues(9).queues, drain.signal, failing)).toBe(away);
  let ticks = 0;
  const recovering = async () => {
    ticks += 1;
    if (ticks === 1) throw away;
  };
  expect(await conductWith(createQueues(9).queues, new AbortController().signal, recovering)).toBeNull();
  expect(ticks).toBe(2);
});

/** What a conductor asked its port to wait for, and what it wrote, while `tick` runs until it is over. */
async function watch(tick: () => Promise<void>, isOver: () => Promise<boolean>) {
  const waitedMs: number[] = [];
  const lines: { readonly level: string; readonly msg: string }[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const began = performance.now();
  await conduct(
    {
      ...{ queues: createQueues(jobKinds.length).queues, process: { apis: {} } as ProcessDeps, tick },
      wake: { now: () => undefined, wait: async (ms) => void waitedMs.push(ms) },
      concurrency: Object.fromEntries(jobKinds.map((kind) => [kind, 1])) as Record<JobKind, number>,
      log: createLogger({ level: 'info', pretty: false, stream }),
      ...{ drain: new AbortController().signal, stopNow: new AbortController().signal },
    },
    isOver,
  );
  return { waitedMs, lines, tookMs: performance.now() - began };
}

it('ticks once a second at rest, and however often it is woken, a tenth of a second apart at least', async () => {
  let ticks = 0;
  const order: string[] = [];
  const tick = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    ticks += 1;
    order.push('tick');
  };
  const { waitedMs, tookMs } = await watch(tick, async () => (order.push('ask'), ticks === 3));
  // Whether it is over is asked once the tick has ended.
  expect(order).toEqual(['tick', 'ask', 'tick', 'ask', 'tick', 'ask']);
  expect(waitedMs).toEqual([900, 900]);
  expect(tookMs).toBeGreaterThan(190);
});

it('writes of a tick that failed, as an error where no later one would do better', async () => {
  const failures = [
    new AppError(databaseErrors.REDIS_UNREACHABLE, 'no Redis'),
    new AppError(coreErrors.INTERNAL, 'a defect'),
  ];
  const tick = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
  };
  expect((await watch(tick, async () => true)).lines).toMatchObject([
    { level: 'warn', msg: 'tick failed, trying again', err: { code: 'REDIS_UNREACHABLE' } },
    { level: 'error', msg: 'tick failed, trying again', err: { code: 'INTERNAL' } },
  ]);
});

it(
  'leaves a tick that does not end also where it was told nothing but to stop now',
  { timeout: 10_000 },
  async () => {
    const { queues } = createQueues(jobKinds.length);
    const hanging = () => new Promise<void>(() => undefined);
    expect(
      await conductWith(queues, new AbortController().signal, hanging, AbortSignal.timeout(10)),
    ).toBeNull();
  },
);
