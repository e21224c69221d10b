import { describe, expect, it } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import type { Queues } from '../../../src/jobs/queue-backend.ts';
import { queueCategories, releaseLost, type QueueDeps } from '../../../src/jobs/queue-categories.ts';
import type { Run } from '../../../src/model/run.ts';
import type { LeaseStore } from '../../../src/refresh/queue/lease-store.ts';

const sync = parseSyncFile('account: business\nfeeds: [{ name: bags, categories: ["54"] }]\n', 'test');
const run = { runId: '7', startedAt: null } as unknown as Run;

/** A queue with so many jobs, and a catalog in which so many nodes are due. */
function open(jobs: { readonly active?: number; readonly unfinished?: number }, due = 100) {
  const done: string[] = [];
  const write = async (what: string) => {
    await new Promise((resolve) => setImmediate(resolve));
    done.push(what);
  };
  const leases: Partial<LeaseStore> = {
    release: (kind, runId, ids) => write(`release ${kind} of ${runId}: ${ids?.join() ?? 'all'}`),
    leaseCategories: async ({ limit }) => {
      done.push(`lease ${limit}`);
      return Array.from({ length: Math.min(limit, due) }, (_, index) => String(index));
    },
  };
  const queues: Partial<Queues> = {
    count: async () => ({ active: 0, unfinished: 0, ...jobs }),
    add: (_, added) => write(`add ${added.map(({ jobId }) => jobId).join()}`),
  };
  return { done, deps: { leases, queues, sync } as QueueDeps };
}

describe('what a run has taken of a kind', () => {
  it.each([
    ['is given back where its queue is empty', {}, false, true],
    ['stays while its jobs wait', { unfinished: 3 }, false, false],
    ['is given back where its jobs wait for what may not be asked for', { unfinished: 3 }, true, true],
    ['stays while one of them is under way', { active: 1, unfinished: 3 }, true, false],
  ])('%s', async (_, jobs, isBlocked, isReleased) => {
    const { deps, done } = open(jobs);
    const { unfinished } = await releaseLost(deps, 'detail', { runId: '7', isBlocked });
    expect(unfinished).toBe('unfinished' in jobs ? jobs.unfinished : 0);
    expect(done).toEqual(isReleased ? ['release detail of 7: all'] : []);
  });
});

describe('the queue of categories', () => {
  const top = async (unfinished: number, isBlocked = false, due = 100) => {
    const { deps, done } = open({ active: 1, unfinished }, due);
    const queued = await queueCategories(deps, { run, now: new Date(0), feeds: sync.feeds, isBlocked });
    return { queued, done };
  };

  it('is topped up to 32 jobs', async () => {
    expect(await top(31)).toEqual({ queued: 1, done: ['lease 1', 'add 7-c0'] });
    expect(await top(30, false, 5)).toEqual({ queued: 2, done: ['lease 2', 'add 7-c0,7-c1'] });
    expect(await top(32)).toEqual({ queued: 0, done: [] });
    expect(await top(33)).toEqual({ queued: 0, done: [] });
  });

  it('gets nothing while it is blocked, and whether anything is due is known', async () => {
    expect(await top(3, true)).toEqual({ queued: 1, done: ['lease 1', 'release category of 7: 0'] });
    expect(await top(3, true, 0)).toEqual({ queued: 0, done: ['lease 1'] });
  });
});
