import { execFileSync } from 'node:child_process';
import { cpSync, renameSync, rmSync, statfsSync } from 'node:fs';

/** A disk of its own below a folder, in memory, that can be full. */
export interface SmallDisk {
  /** From now on not another page fits on it. */
  fill(): void;
  /** There is room again. */
  free(): void;
  /** Takes it away; `isKept`: what it holds is then in the folder. */
  remove(isKept: boolean): void;
}

/** Between the question how much is used and the answer something may be written. */
const slackBytes = 256 * 1024;

const mount = (...words: readonly string[]) => execFileSync('mount', words, { stdio: 'ignore' });

/**
 * Puts a disk over an empty folder. It is made full by taking away what is free, so that it takes no memory.
 *
 * @returns null where that is not possible: it needs Linux and its administrator
 */
export function createSmallDisk(folder: string): SmallDisk | null {
  try {
    mount('-t', 'tmpfs', '-o', 'mode=0711', 'tmpfs', folder);
  } catch {
    return null;
  }
  const { blocks, bsize } = statfsSync(folder);
  const resize = (bytes: number) => mount('-o', `remount,size=${String(bytes)}`, folder);
  return {
    fill: () => {
      const { blocks: all, bfree } = statfsSync(folder);
      resize((all - bfree) * bsize + slackBytes);
    },
    free: () => resize(blocks * bsize),
    remove: (isKept) => {
      const copy = `${folder}.kept`;
      if (isKept) cpSync(folder, copy, { recursive: true });
      execFileSync('umount', ['--lazy', folder], { stdio: 'ignore' });
      if (!isKept) return;
      rmSync(folder, { recursive: true, force: true });
      renameSync(copy, folder);
    },
  };
}
