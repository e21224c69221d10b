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

/** CPU seconds of a process, its children, and those of them that have ended. */
export function readCpuSeconds(pid: number): number {
  const family = readdirSync('/proc')
    .map(Number)
    .filter((other) => other === pid || (other > 0 && isChildOf(other, pid)));
  const ticks = family.flatMap((member) => {
    const stat = readStat(member);
    const own = stat.slice(11, 13);
    return member === pid ? [...own, ...stat.slice(13, 15)] : own;
  });
  return ticks.reduce((sum, tick) => sum + Number(tick), 0) / ticksPerSecond;
}

function isChildOf(pid: number, parent: number): boolean {
  try {
    return readParent(pid) === parent;
  } catch {
    // It ended between the listing and the look.
    return false;
  }
}
