import { DelayedError, RateLimitError } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { AppError, coreErrors } from '../../../src/core/errors.ts';
import { createLogger } from '../../../src/core/log.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { applyFetchResult } from '../../../src/jobs/disposition.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { FetchResult, Target } from '../../../src/jobs/fetch-targets.ts';
import type { Run } from '../../../src/model/run.ts';

const { feeds } = parseSyncFile(
  'account: business\nfeeds: [{ name: shoes, keywords: ["鞋"] }, { name: bags, keywords: ["包"] }]\n',
  'test',
);
const now = new Date('2026-10-10T08:00:00Z');
const target = (id: string): Target => ({
  id,
  windowId: null,
  request: { operation: 'offer.detail', offerId: id, language: 'en' },
});
type Wait = FetchResult['waiting'][number]['wait'];
const waiting = (id: string, wait: Wait) => ({ target: target(id), wait });
const failed = (id: string, error: AppError) => ({ target: target(id), error });
const passing = new AppError(extractErrors.GATEWAY_UNAVAILABLE, 'down for a moment');

/** Disposes of a batch and tells what was done, in words. */
async function dispose(
  result: Partial<FetchResult>,
  attemptsMade = 0,
  opts: { readonly attempts?: number } = { attempts: 3 },
): Promise<string[]> {
  const done: string[] = [];
  /** Is done a moment later, as by a database. */
  const write = async (what: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(what);
  };
  const ids = (list: readonly string[] = []) => list.join('+');
  try {
    await applyFetchResult(
      {
        leases: {
          postpone: (_kind, list, { mayPass }) =>
            write(`postpone ${ids(list)} for ${mayPass ? 'minutes' : 'today'}`),
          release: (_kind, _runId, list) => write(`release ${ids(list)}`),
          countPostponed: async (feeds) => ({ targets: feeds.length, nextTryAt: now }),
        },
        runs: {
          addFailure: (_runId, { code, mayPass }) => write(`${mayPass ? 'note' : 'count'} ${code}`),
          end: (_runId, status, cause, left) =>
            write(`end ${status} ${String(cause)}, ${String(left?.targets)} left`),
          read: async () => ({ feedNames: ['shoes', 'not in the file'] }) as unknown as Run,
        },
        feeds,
        clock: { now: () => now },
        log: createLogger({ level: 'silent', pretty: false }),
      },
      {
        kind: 'detail',
        token: 'token',
        pacer: { rateLimit: (ms) => write(`pause ${ms} ms`) },
        job: {
          id: '1-d7',
          data: { runId: '1', offerIds: ['7', '8', '9'] },
          attemptsMade,
          opts,
          moveToDelayed: (at) => write(`delay ${at - now.getTime()} ms`),
        },
      },
      { callIds: [], failed: [], waiting: [], ...result },
    );
  } catch (error) {
    if (error instanceof RateLimitError || error instanceof DelayedError) done.push('wait');
    else if (error instanceof AppError) done.push(`throw ${error.code}`);
    else throw error;
  }
  return done;
}

describe('applyFetchResult', () => {
  it('does nothing for a batch that is loaded', async () => {
    expect(await dispose({})).toEqual([]);
  });

  it('pauses the kind for the longest of its pauses, a short hold among them', async () => {
    const second = { kind: 'waiting', by: 'second', retryAfterMs: 700 } as const;
    const hold = { kind: 'waiting', by: 'hold', retryAfterMs: 40_000 } as const;
    expect(await dispose({ waiting: [waiting('7', second), waiting('8', null)] })).toEqual([
      'pause 700 ms',
      'wait',
    ]);
    expect(await dispose({ waiting: [waiting('7', second), waiting('8', hold)] })).toEqual([
      'pause 40000 ms',
      'wait',
    ]);
  });

  it('gives targets back when the wait is long, or nobody knows how long', async () => {
    const day = { kind: 'waiting', by: 'day', retryAfterMs: 100_000 } as const;
    const budget = { kind: 'waiting', by: 'run', retryAfterMs: null } as const;
    const hold = { kind: 'waiting', by: 'hold', retryAfterMs: null } as const;
    for (const wait of [day, budget, hold])
      expect(await dispose({ waiting: [waiting('7', wait)] })).toEqual(['release 7']);
  });

  it('puts off a job whose question somebody else is asking', async () => {
    const twin = { kind: 'waiting', by: 'in_flight', retryAfterMs: 1000 } as const;
    expect(await dispose({ waiting: [waiting('7', twin)] })).toEqual(['delay 1000 ms', 'wait']);
  });

  it('puts it off until the last of its questions may be answered, a second where nobody knows', async () => {
    const twin = (retryAfterMs: number | null) =>
      ({ kind: 'waiting', by: 'in_flight', retryAfterMs }) as const;
    expect(await dispose({ waiting: [waiting('7', twin(400)), waiting('8', twin(null))] })).toEqual([
      'delay 1000 ms',
      'wait',
    ]);
    expect(await dispose({ waiting: [waiting('7', twin(4000)), waiting('8', twin(null))] })).toEqual([
      'delay 4000 ms',
      'wait',
    ]);
  });

  it('sits out five minutes, and gives targets back that wait for longer', async () => {
    const hold = (retryAfterMs: number) => ({ kind: 'waiting', by: 'hold', retryAfterMs }) as const;
    expect(await dispose({ waiting: [waiting('7', hold(300_000))] })).toEqual(['pause 300000 ms', 'wait']);
    expect(await dispose({ waiting: [waiting('7', hold(300_001))] })).toEqual(['release 7']);
  });

  it('pauses for a second where 1688 does not say how long', async () => {
    const error = new AppError(extractErrors.GATEWAY_TOO_FAST_APP, 'pause');
    expect(await dispose({ failed: [failed('7', error)] })).toEqual(['pause 1000 ms', 'wait']);
  });

  it('tries once where nothing says how often', async () => {
    expect(await dispose({ failed: [failed('7', passing)] }, 0, {})).toEqual([
      'postpone 7 for minutes',
      'note GATEWAY_UNAVAILABLE',
      'release 7',
    ]);
  });

  it('waits as long as 1688 asks', async () => {
    const error = new AppError(extractErrors.GATEWAY_TOO_FAST_APP, 'pause', { retryAfterMs: 20_000 });
    expect(await dispose({ failed: [failed('7', error)] })).toEqual(['pause 20000 ms', 'wait']);
  });

  it('tries again what may pass, and leaves it to a later try at the last attempt', async () => {
    const result = { failed: [failed('7', passing)], waiting: [waiting('8', null)] };
    expect(await dispose(result, 1)).toEqual(['throw GATEWAY_UNAVAILABLE']);
    expect(await dispose(result, 2)).toEqual([
      'postpone 7 for minutes',
      'note GATEWAY_UNAVAILABLE',
      'release 8+7',
    ]);
  });

  it('gives up what is refused at once, before it tries the rest again', async () => {
    const refused = new AppError(extractErrors.GATEWAY_BUSINESS_REFUSED, 'refused');
    const result = { failed: [failed('7', refused), failed('8', passing)] };
    expect(await dispose(result)).toEqual([
      'postpone 7 for today',
      'count GATEWAY_BUSINESS_REFUSED',
      'throw GATEWAY_UNAVAILABLE',
    ]);
  });

  it('gives targets of a held API back without blaming them', async () => {
    const error = new AppError(extractErrors.GATEWAY_NO_GRANT, 'held');
    expect(await dispose({ failed: [failed('7', error)] })).toEqual(['release 7']);
  });

  it('ends the run when nothing can be called any more', async () => {
    const error = new AppError(extractErrors.GATEWAY_SIGNATURE_REFUSED, 'refused');
    expect(await dispose({ failed: [failed('7', error)], waiting: [waiting('8', null)] })).toEqual([
      'end failed GATEWAY_SIGNATURE_REFUSED, 2 left',
    ]);
  });

  it('then leaves what else failed to a later try, for no other attempt follows', async () => {
    const error = new AppError(extractErrors.GATEWAY_SIGNATURE_REFUSED, 'refused');
    const refused = new AppError(extractErrors.GATEWAY_BUSINESS_REFUSED, 'refused');
    expect(
      await dispose({ failed: [failed('7', passing), failed('8', error), failed('9', refused)] }),
    ).toEqual([
      'postpone 9 for today',
      'count GATEWAY_BUSINESS_REFUSED',
      'postpone 7 for minutes',
      'note GATEWAY_UNAVAILABLE',
      'end failed GATEWAY_SIGNATURE_REFUSED, 2 left',
    ]);
  });

  it('gives a target up for a defect of ours, too', async () => {
    const error = new AppError(coreErrors.INTERNAL, 'a defect');
    expect(await dispose({ failed: [failed('7', error)] })).toEqual(
      expect.arrayContaining(['postpone 7 for today', 'count INTERNAL']),
    );
  });
});
