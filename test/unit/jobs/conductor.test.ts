import { expect, it } from 'vitest';
import { AppError, coreErrors } from '../../../src/core/errors.ts';
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

const conductWith = (queues: Queues, drain: AbortSignal, tick: () => Promise<void> = async () => undefined) =>
  conduct(
    {
      queues,
      process: { apis: {} } as ProcessDeps,
      tick,
      wake: createWakeup(),
      concurrency: Object.fromEntries(jobKinds.map((kind) => [kind, 1])) as Record<JobKind, number>,
      log: createLogger({ level: 'silent', pretty: false }),
      drain,
      stopNow: new AbortController().signal,
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
