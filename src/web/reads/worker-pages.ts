import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** A process that works on runs, or did within a day. What a version did not say is null. */
export interface WorkerRow {
  readonly workerId: string;
  readonly host: string;
  readonly pid: number | null;
  readonly version: string | null;
  /** Of all that its sync file says. */
  readonly fileHash: string | null;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  /** How long ago its last heartbeat was. */
  readonly ageMs: number;
  /** Under way at its last heartbeat. */
  readonly jobs: number | null;
  /** Calls of the five minutes before it. */
  readonly recentCalls: number | null;
  readonly lastErrorCode: string | null;
  readonly lastErrorAt: Date | null;
  /** By which it could not work at its last heartbeat; null: it could. */
  readonly failingCode: string | null;
  readonly failingSince: Date | null;
  readonly endedAt: Date | null;
  /** `silent`: it did not end in order, and has no heartbeat within a minute. */
  readonly state: 'working' | 'ended' | 'silent';
}

/** Processes that work on a host. */
export interface HostWorkers {
  readonly host: string;
  readonly workers: number;
}

export interface WorkerPages {
  /** Those that work first, then those with the newest heartbeat. */
  listProcesses(): Promise<WorkerRow[]>;
  /** Empty: no process is working, so none would drive a run. */
  listWorkers(): Promise<HostWorkers[]>;
}

/** Reads for the page of workers, and for where runs begin. */
export function createWorkerPages(pool: Pool): WorkerPages {
  return {
    listProcesses: () => runSql<WorkerRow>(pool, readSql('page-worker-list')),
    listWorkers: () => runSql<HostWorkers>(pool, readSql('page-workers')),
  };
}
