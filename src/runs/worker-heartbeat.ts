import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { eq, sql } from 'drizzle-orm';
import type { Pool } from 'pg';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import { productVersion } from '../core/product-version.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { drizzleOn } from '../db/database.ts';
import { runSql } from '../db/sql-file.ts';
import { worker } from '../schema/worker.ts';
import { readSql } from './read-sql.ts';

/** At double, a dead worker is noticed later; at half, a thousand workers would write all the time. */
const beatEveryMs = 5000;

/** What a process does. */
export interface WorkerActivity {
  /** Jobs under way. */
  readonly jobs: number;
  /** Calls of the last five minutes. */
  readonly recentCalls: number;
  /** Of its calls and jobs; null: there was none. */
  readonly lastError: { readonly code: string; readonly at: Date } | null;
}

export interface HeartbeatDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  /** What this process works by. */
  readonly sync: SyncConfig;
  readonly readActivity: () => WorkerActivity;
  /** The code by which the queues can't be used at present; null: they can. */
  readonly findQueueTrouble: () => Promise<string | null>;
  readonly log: Logger;
}

/** How a process says that it works. */
export interface WorkerHeartbeat {
  /** Writes at most every five seconds, however often it is called. */
  readonly beat: () => Promise<void>;
  /** How the last tick ended, for the next beats: the code of its error; null: well. */
  readonly noteTick: (failingCode: string | null) => void;
  /** From now on it works until it is stopped. */
  readonly becomeService: () => void;
  /** Says that it ends in order. Never fails: who hears nothing takes the process for killed. */
  readonly end: () => Promise<void>;
}

/** The same for two processes whose sync files say the same; comments do not count. */
export function hashWholeFile(sync: Partial<SyncConfig>): string {
  return createHash('sha256').update(JSON.stringify(sync)).digest('hex').slice(0, 16);
}

/**
 * The same for two processes that would make the same calls in a run and end it at the same point: limits, schedules and
 * retention do not count.
 */
export function hashSyncFile({ feeds, freshness, language, apis }: SyncConfig): string {
  return hashWholeFile({ feeds, freshness, language, apis });
}

/**
 * Says in `sync.worker` that this process works, and what it does. Warns when others work by another sync file, from its
 * second beat on, and once until they are others.
 */
export function createWorkerHeartbeat({
  pool,
  clock,
  sync,
  readActivity,
  findQueueTrouble,
  log,
}: HeartbeatDeps): WorkerHeartbeat {
  const workerId = randomUUID();
  const self = [workerId, hostname(), hashWholeFile(sync), hashSyncFile(sync), process.pid, productVersion()];
  let lastMs = Number.NEGATIVE_INFINITY;
  let isHeard = false;
  let warnedOf = '';
  let failingCode: string | null = null;
  let isService = false;
  return {
    noteTick: (code) => {
      failingCode = code;
    },
    becomeService: () => {
      isService = true;
    },
    beat: async () => {
      const nowMs = clock.now().getTime();
      if (Math.abs(nowMs - lastMs) < beatEveryMs) return;
      const { jobs, recentCalls, lastError } = readActivity();
      const activity = [jobs, recentCalls, lastError?.code ?? null, lastError?.at ?? null];
      const said = [...self, ...activity, (await findQueueTrouble()) ?? failingCode, isService];
      isHeard = false;
      const rows = await runSql<{ host: string }>(pool, readSql('beat-worker'), said);
      isHeard = true;
      lastMs = nowMs;
      const hosts = rows.map(({ host }) => host);
      if (hosts.length > 0 && hosts.join() !== warnedOf)
        log.warn(
          { hosts },
          'other processes use another catalog-sync.yaml: the last one started sets limits and schedules',
        );
      warnedOf = hosts.join();
    },
    end: async () => {
      // A database that did not hear the last beat is not waited for.
      if (!isHeard) return;
      isHeard = false;
      const ended = { endedAt: sql`clock_timestamp()`, jobs: 0 };
      await drizzleOn(pool)
        .update(worker)
        .set(ended)
        .where(eq(worker.workerId, workerId))
        .catch(() => undefined);
    },
  };
}

/** The processes with one sync file. */
export interface WorkerFile {
  readonly wholeFileHash: string;
  readonly hosts: readonly string[];
}

/** The sync files of processes with a heartbeat within 15 s: one, when all is well. */
export async function listWorkerFiles(pool: Pool): Promise<WorkerFile[]> {
  return runSql<WorkerFile>(pool, readSql('list-worker-files'));
}
