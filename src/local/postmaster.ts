import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from './process-start.ts';

/** What `postmaster.pid` says (Postgres, src/include/utils/pidfile.h). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Whether a process with that pid runs, whoever it is. */
  readonly isPidTaken: boolean;
  /** Whether that process is the server of this data folder: after a crash its pid may be somebody else's. */
  readonly isRunning: boolean;
}

/**
 * The `cluster_name` of the server of a data folder. It stands in the command line, which everybody may read:
 * root in a container may not look at another user's process any closer.
 */
export function clusterName(dataFolder: string): string {
  return `catalog-sync-${createHash('sha256').update(realpathSync(dataFolder)).digest('hex').slice(0, 16)}`;
}

function readCommandLine(pid: number): string {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

/** Reads the pid file of a data folder; null when there is none, or none that names a process. */
export function readPostmaster(dataFolder: string): Postmaster | null {
  let text: string;
  try {
    text = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8');
  } catch {
    return null;
  }
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const isPidTaken = processStart(pid) !== null;
  return {
    pid,
    port: Number(lines[3] ?? 0),
    isPidTaken,
    isRunning: isPidTaken && readCommandLine(pid).includes(clusterName(dataFolder)),
  };
}
