import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

function readProcStat(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command in parentheses may hold spaces; the fields after it can't.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/**
 * A mark of when the process `pid` started, or null when no such process runs. Pid and mark together name a
 * process for good: a pid that was given to somebody else has another mark. Letters and digits only.
 *
 * Linux: clock ticks since boot, field 22 of proc(5) stat. Elsewhere: `ps -o lstart`.
 */
export function processStart(pid: number): string | null {
  if (process.platform === 'linux') return readProcStat(pid);
  const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { LC_ALL: 'C' },
  });
  return ps.stdout.replace(/[^A-Za-z0-9]/g, '') || null;
}
