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

/** The current work of a process. */
export interface WorkerActivity {
  /** Jobs in progress. */
  readonly jobs: number;
  /** Calls of the last five minutes. */
  readonly recentCalls: number;
  /** The last error of its calls and jobs; null: there was none. */
  readonly lastError: { readonly code: string; readonly at: Date } | null;
}

export interface HeartbeatDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  /** The sync file of this process. */
  readonly sync: SyncConfig;
  readonly readActivity: () => WorkerActivity;
  /** The code of the error that keeps the queues from being used at present; null: none. */
  readonly findQueueTrouble: () => Promise<string | null>;
  readonly log: Logger;
}

/** Reports that a process works. */
export interface WorkerHeartbeat {
  /** Writes at most every five seconds, however often it is called. */
  readonly beat: () => Promise<void>;
  /** Notes for the next beats how the last tick ended: the code of its error; null: without one. */
  readonly noteTick: (failingCode: string | null) => void;
  /** From now on the process works until it is stopped. */
  readonly becomeService: () => void;
  /** Reports an orderly end. Never fails: without the report, the process counts as killed. */
  readonly end: () => Promise<void>;
}

/** Equal for two processes whose sync files have the same content; comments do not count. */
export function hashWholeFile(sync: Partial<SyncConfig>): string {
  return createHash('sha256').update(JSON.stringify(sync)).digest('hex').slice(0, 16);
}

/**
 * Equal for two processes that would make the same calls in a run and end it at the same point: limits, schedules and retention
 * do not count.
 */
export function hashSyncFile({ feeds, freshness, language, apis }: SyncConfig): string {
  return hashWholeFile({ feeds, freshness, language, apis });
}

/**
 * Reports in `sync.worker` that this process works, and what it does. From its second beat on, it warns when other processes use
 * another sync file, and repeats the warning only when these are others.
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
      // If the database did not take the last beat, it is not waited for.
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

/** The sync files of processes with a heartbeat within 15 s: a single one if all is well. */
export async function listWorkerFiles(pool: Pool): Promise<WorkerFile[]> {
  return runSql<WorkerFile>(pool, readSql('list-worker-files'));
}
