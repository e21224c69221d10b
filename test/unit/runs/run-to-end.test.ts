import { expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import type { Run, RunEnd } from '../../../src/model/run.ts';
import { runToEnd, type RunToEndDeps } from '../../../src/runs/run-to-end.ts';

/** A store with one run that is read as `reads` say, one after the other, and as it ended once it has. */
function openStore(silence: string | null, ...reads: readonly Partial<Run>[]) {
  const run = { runId: '7', status: 'running', endedAt: null, callsUsed: 0 } as Run;
  const left = [...reads];
  let ended: Run | null = null;
  const runs: RunToEndDeps['runs'] = {
    read: async () => ended ?? { ...run, ...left.shift() },
    reasonForSilence: async () => silence,
    end: async (_, status, cause, left) => {
      await new Promise((resolve) => setImmediate(resolve));
      const postponed = left?.targets ?? 0;
      ended = { ...run, status, cause, postponed, endedAt: new Date(0) };
    },
  };
  return { run, runs };
}

const never = new AbortController().signal;
const countPostponed = async () => ({ targets: 3, nextTryAt: new Date(9) });

it('a run is conducted until it has ended, and each time it is read is progress', async () => {
  const over = { status: 'succeeded', endedAt: new Date(1) } as const;
  const { run, runs } = openStore(
    null,
    { callsUsed: 1 },
    { callsUsed: 2, ...over },
    { callsUsed: 2, ...over },
  );
  const seen: number[] = [];
  const answers: boolean[] = [];
  const outcome = await runToEnd({
    ...{ runs, drain: never, countPostponed },
    begin: async () => ({ kind: 'started', run }),
    conduct: async (isOver) => {
      do answers.push(await isOver());
      while (answers.at(-1) === false && answers.length < 5);
      return null;
    },
    onProgress: async ({ callsUsed }) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(callsUsed);
    },
  });
  expect(answers).toEqual([false, true]);
  expect(seen).toEqual([1, 2]);
  expect(outcome).toMatchObject({ kind: 'ended', run: { status: 'succeeded', callsUsed: 2 } });
});

it('a run that another process drives is left to it', async () => {
  const { runs } = openStore(null);
  const outcome = await runToEnd({
    ...{ runs, drain: never, onProgress: async () => undefined, countPostponed },
    begin: async () => ({ kind: 'active', runId: '9', silentMs: null }),
    conduct: () => Promise.reject(new Error('it is not ours')),
  });
  expect(outcome).toEqual({ kind: 'active', runId: '9', silentMs: null });
});

const away = new AppError(databaseErrors.REDIS_UNREACHABLE, 'no Redis');

interface Stop {
  readonly reason: string;
  readonly trouble: AppError | null;
  /** Why no call was answered. */
  readonly silence?: string;
  readonly end: readonly [RunEnd, string];
}

it.each<[string, Stop]>([
  ['by a signal, is cancelled', { reason: 'signal', trouble: null, end: ['cancelled', 'signal'] }],
  [
    'by a signal, in trouble, is cancelled, too',
    { reason: 'signal', trouble: away, end: ['cancelled', 'signal'] },
  ],
  ['by its deadline, has a part', { reason: 'deadline', trouble: null, end: ['partial_quota', 'deadline'] }],
  [
    'by its deadline, with no answer until then, failed by what kept them away',
    {
      reason: 'deadline',
      trouble: null,
      silence: 'GATEWAY_TIMEOUT',
      end: ['partial_error', 'GATEWAY_TIMEOUT'],
    },
  ],
  [
    'by a signal, with no answer until then, is cancelled',
    { reason: 'signal', trouble: null, silence: 'GATEWAY_TIMEOUT', end: ['cancelled', 'signal'] },
  ],
  [
    'by its deadline, in trouble, failed by that',
    { reason: 'deadline', trouble: away, end: ['partial_error', away.code] },
  ],
])('a run that is stopped %s', async (_, { reason, trouble, silence = null, end: [status, cause] }) => {
  const { run, runs } = openStore(silence);
  const outcome = await runToEnd({
    ...{ runs, drain: AbortSignal.abort(reason), onProgress: async () => undefined, countPostponed },
    begin: async () => ({ kind: 'started', run }),
    conduct: async () => trouble,
  });
  expect(outcome).toMatchObject({ kind: 'ended', run: { status, cause, postponed: 3 } });
});
