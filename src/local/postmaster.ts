import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
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

function isServerOf(pid: number, dataFolder: string): boolean {
  if (process.platform === 'linux') {
    try {
      // A postmaster works in its data folder.
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(dataFolder);
    } catch {
      return false;
    }
  }
  const ps = spawnSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.stdout.trim().endsWith('postgres');
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
    isRunning: isPidTaken && isServerOf(pid, dataFolder),
  };
}
