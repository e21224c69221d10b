import type { Pool } from 'pg';
import { parseSyncFile } from '../../src/config/parse-sync-file.ts';
import { createLogger } from '../../src/core/log.ts';
import type { Queues } from '../../src/jobs/queue-backend.ts';
import type { TickDeps } from '../../src/jobs/tick.ts';
import { createRawStore } from '../../src/raw/raw-store.ts';
import { createLeaseStore } from '../../src/refresh/queue/lease-store.ts';
import { createRefreshQueue } from '../../src/refresh/queue/refresh-queue.ts';
import { createRunStore, type RunStore } from '../../src/runs/run-store.ts';

/* A tick over a database of its own, beside which nothing goes on. */

export const tickSync = parseSyncFile(
  'account: business\nfeeds:\n  - { name: shoes, keywords: ["鞋"] }\n',
  'test',
);

/** Queues in which some job is always at work. */
export function createBusyQueues(added: string[]): Queues {
  return {
    backend: 'postgres',
    add: async (kind, jobs) => void added.push(...jobs.map(() => kind)),
    count: async () => ({ active: 1, unfinished: 1 }),
    findTrouble: async () => null,
    work: () => undefined,
    stopWorkers: async () => undefined,
    close: async () => undefined,
  };
}

export function createTickDeps(pool: Pool, changes: Partial<TickDeps>): TickDeps {
  return {
    exclusively: (work) => work(),
    sweep: async () => undefined,
    maintain: async () => undefined,
    startScheduledRuns: async () => undefined,
    raw: createRawStore({ pool }),
    listBlocks: async () => new Map(),
    listAllowances: async () => [],
    mayAskShops: async () => false,
    readPromisedFeeds: async () => [],
    ledgerNow: async () => new Date(),
    loader: { load: async () => [], loadStored: async () => [] },
    runs: createRunStore({ pool }),
    leases: createLeaseStore({ pool }),
    refreshQueue: createRefreshQueue({ pool }),
    addWatchLists: async (feeds) => feeds,
    queues: createBusyQueues([]),
    sync: tickSync,
    syncFileHash: 'file',
    foreignRuns: new Map(),
    log: createLogger({ level: 'silent', pretty: false }),
    ...changes,
  };
}

/** A run of `shoes`. */
export async function beginRun(runs: RunStore, scope: string): Promise<string> {
  const begun = await runs.begin({
    ...{ scope, feedNames: ['shoes'], trigger: 'test', source: 'sandbox' },
    ...{ budgetCalls: null, deadlineMs: null },
  });
  if (begun.kind !== 'started') throw new Error(`run of ${scope}: ${begun.kind}`);
  return begun.run.runId;
}
