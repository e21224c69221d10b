import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, readFileSync, realpathSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from './process-start.ts';

/** What `postmaster.pid` says (Postgres, src/include/utils/pidfile.h). */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
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
  const isRunning = processStart(pid) !== null && readCommandLine(pid).includes(clusterName(dataFolder));
  return { pid, port: Number(lines[3] ?? 0), isRunning };
}

/** The port of the last server of a data folder, by the command line that Postgres keeps of it; null: there was none. */
export function readLastPort(dataFolder: string): number | null {
  try {
    const started = readFileSync(join(dataFolder, 'postmaster.opts'), 'utf8');
    return Number(/"port=(\d+)"/.exec(started)?.[1] ?? 0) || null;
  } catch {
    return null;
  }
}

/** More than any system gives to a process (Linux PID_MAX_LIMIT is 2^22). */
const impossiblePid = 4_194_305;

/**
 * Makes the pid file of a server that died name nobody. Postgres refuses to start while the pid exists, and it
 * may: as another program's, or as a zombie that a container without an init never buries. The other lines
 * stay: by them Postgres makes sure that no session of the dead server still writes.
 */
export function clearDeadPid(dataFolder: string): void {
  const postmaster = readPostmaster(dataFolder);
  if (!postmaster || postmaster.isRunning) return;
  const file = join(dataFolder, 'postmaster.pid');
  const text = readFileSync(file, 'utf8').replace(/^\d+/, String(impossiblePid));
  const descriptor = openSync(file, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW);
  writeSync(descriptor, text);
  closeSync(descriptor);
}
