import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createProcessor, type ProcessDeps } from '../../../src/jobs/process-job.ts';
import type { LeaseStore } from '../../../src/refresh/queue/lease-store.ts';
import type { ApiChoices } from '../../../src/model/known-apis.ts';
import type { CatalogRequest } from '../../../src/model/operation.ts';

/** A job of a category that its run still holds; each reading of its clock is 5 ms after the last. */
async function work(apis: ApiChoices, held: readonly string[] = ['54'], isLoaded = true) {
  const asked: CatalogRequest[] = [];
  const lines: Record<string, unknown>[] = [];
  const done: string[] = [];
  let nowMs = 1_000_000;
  const answer = {
    ...{ kind: 'answered', isCached: false, windowId: null, payload: null, request: {} },
    provenance: { callId: 'c1', rawId: 'r1', runId: '7', observedAt: new Date(0) },
  };
  const leases: Partial<LeaseStore> = {
    keepLeased: async () => [...held],
    release: async (_kind, _runId, ids) => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push(`release ${ids?.join() ?? 'all'}`);
    },
  };
  const deps = {
    leases,
    ...{ runs: {}, callConcurrency: 1, language: 'ja', apis },
    clock: { now: () => new Date((nowMs += 5)) },
    freshness: { categoryMs: 1, searchMs: 1, detailMs: 1 },
    ...{ drain: new AbortController().signal, stopNow: new AbortController().signal },
    gateway: {
      call: async (request: CatalogRequest) => {
        asked.push(request);
        return isLoaded ? answer : { kind: 'waiting', by: 'day', retryAfterMs: null };
      },
    },
    loader: { load: async () => [] },
    log: createLogger({
      ...{ level: 'info', pretty: false },
      stream: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
    }),
  } as unknown as ProcessDeps;
  const job = {
    ...{ id: '7-c54', data: { runId: '7', categoryId: '54' }, attemptsMade: 0, opts: {} },
    moveToDelayed: async () => undefined,
  };
  await createProcessor(deps, 'category')(job, 'token', { rateLimit: async () => undefined });
  return { asked, lines, done };
}

describe('a job of a category', () => {
  it('asks for the names in the language of the sync file only where its API translates', async () => {
    const plain = { operation: 'category.children', categoryId: '54' };
    expect((await work({})).asked).toEqual([plain]);
    const speaks = 'category.translation.getById';
    expect((await work({ 'category.children': { speaks } as never })).asked).toEqual([
      { ...plain, language: 'ja' },
    ]);
  });

  it('ends with one line that says how long it took, and what it did', async () => {
    const { lines } = await work({});
    expect(lines).toMatchObject([
      {
        msg: 'job ended',
        jobId: '7-c54',
        outcome: 'done',
        targets: 1,
        loaded: 1,
        callIds: ['c1'],
        durationMs: 5,
      },
    ]);
  });

  it('asks for nothing where its run holds nothing of it any more', async () => {
    const { asked, lines } = await work({}, []);
    expect(asked).toEqual([]);
    expect(lines).toMatchObject([{ outcome: 'nothing_left', targets: 0 }]);
  });

  it('has given back what it could not ask for when it ends', async () => {
    expect((await work({}, ['54'], false)).done).toEqual(['release 54']);
  });
});
