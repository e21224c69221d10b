import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU time in ticks of 10 ms, whatever the kernel's own. */
const ticksPerSecond = 100;

function readStat(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the command in brackets and may hold spaces.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The parent of a process. */
export function readParent(pid: number): number {
  return Number(readStat(pid)[1]);
}

/** Null: it ended between the listing and the observation. */
function readIfAlive(pid: number): string[] | null {
  try {
    return readStat(pid);
  } catch {
    return null;
  }
}

/** CPU seconds of a process, its children, and those of them that have ended. */
export function readCpuSeconds(pid: number): number {
  const ticks = readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0)
    .flatMap((other) => {
      const stat = readIfAlive(other);
      if (stat === null || (other !== pid && Number(stat[1]) !== pid)) return [];
      return other === pid ? stat.slice(11, 15) : stat.slice(11, 13);
    });
  return ticks.reduce((sum, tick) => sum + Number(tick), 0) / ticksPerSecond;
}
