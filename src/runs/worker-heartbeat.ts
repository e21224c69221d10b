import { createHash, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { runSql } from '../db/sql-file.ts';
import { readSql } from './read-sql.ts';

/** At double, a dead worker is noticed later; at half, a thousand workers would write all the time. */
const beatEveryMs = 5000;

export interface HeartbeatDeps {
  readonly pool: Pool;
  readonly clock: Clock;
  /** What this process works by. */
  readonly sync: SyncConfig;
  readonly log: Logger;
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
 * Says in `sync.worker` that this process works, at most every five seconds, however often it is called. Warns when others
 * work by another sync file, from its second beat on, and once until they are others.
 */
export function createWorkerHeartbeat({ pool, clock, sync, log }: HeartbeatDeps): () => Promise<void> {
  const workerId = randomUUID();
  const [hash, syncFileHash] = [hashWholeFile(sync), hashSyncFile(sync)];
  let lastMs = Number.NEGATIVE_INFINITY;
  let warnedOf = '';
  return async () => {
    const nowMs = clock.now().getTime();
    if (Math.abs(nowMs - lastMs) < beatEveryMs) return;
    const said = [workerId, hostname(), hash, syncFileHash];
    const rows = await runSql<{ host: string }>(pool, readSql('beat-worker'), said);
    lastMs = nowMs;
    const hosts = rows.map(({ host }) => host);
    if (hosts.length > 0 && hosts.join() !== warnedOf)
      log.warn(
        { hosts },
        'other processes use another catalog-sync.yaml: the last one started sets limits and schedules',
      );
    warnedOf = hosts.join();
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
