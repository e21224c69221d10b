import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '../core/log.ts';
import { readSpoolFile, writeSpoolFile, type PaidAnswer } from './spool-file.ts';

/** A hundred of the largest answers, compressed. At half, a database outage of days could fill it. */
const maxSpoolBytes = 64 * 1024 * 1024;

/** What happened to one answer of the spool. `foreign`: it does not belong to this database, or must not be stored there. */
export type Taken = 'settled' | 'foreign';

/**
 * Paid answers that could not be stored in Postgres, one private file each. The functions are synchronous, because a process that ends
 * calls them, and none fails because of a file.
 */
export interface Spool {
  /** Stores an answer, once however often it is called. False: this is not possible, or the spool is full. */
  keep(answer: PaidAnswer): boolean;
  /** Removes an answer that is stored now. */
  drop(answer: PaidAnswer): void;
  /**
   * Passes each answer to `take`, oldest call first, and removes it. Damaged and foreign files are set aside, with one warning.
   *
   * @returns the number of settled answers
   * @throws what `take` throws: that answer and the later ones stay
   */
  empty(take: (answer: PaidAnswer) => Promise<Taken>): Promise<number>;
}

const fileName = /^(\d+)-(\d+)\.answer$/;

/** Runs file work. Null: the file does not exist, or cannot be read. */
function tryTo<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

function nameOf({ observedAt, callId }: PaidAnswer): string {
  return `${String(observedAt.getTime())}-${callId}.answer`;
}

/** The names of the spool's files, oldest call first. */
function listFiles(folder: string): string[] {
  const names = tryTo(() => readdirSync(folder)) ?? [];
  const timeOf = (name: string) => Number(fileName.exec(name)?.[1]);
  return names.filter((name) => fileName.test(name)).toSorted((a, b) => timeOf(a) - timeOf(b));
}

function sizeOf(file: string): number {
  return tryTo(() => statSync(file).size) ?? 0;
}

/** Writes a file completely, or not at all. */
function writeFile(file: string, text: string): void {
  const draft = `${file}.${String(process.pid)}`;
  try {
    const opened = openSync(draft, 'w', 0o600);
    try {
      // Not `writeSync`: on a disk that becomes full, it stops in the middle without an error.
      writeFileSync(opened, text);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(draft, file);
  } catch (error) {
    tryTo(() => rmSync(draft, { force: true }));
    throw error;
  }
}

/** The spool of a project, in `folder`, which is created when it is needed. */
export function openSpool(folder: string, log: Logger): Spool {
  const asideFolder = join(folder, 'set-aside');
  const kept = new Set<string>();
  const write = (name: string, text: string): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const bytes = listFiles(folder).reduce((sum, other) => sum + sizeOf(join(folder, other)), text.length);
    if (bytes > maxSpoolBytes) throw new Error(`the spool holds ${String(maxSpoolBytes)} bytes at most`);
    writeFile(join(folder, name), text);
  };
  const setAside = (name: string): void => {
    mkdirSync(asideFolder, { recursive: true, mode: 0o700 });
    renameSync(join(folder, name), join(asideFolder, name));
  };
  return {
    keep: (answer) => {
      const name = nameOf(answer);
      if (kept.has(name)) return true;
      try {
        write(name, writeSpoolFile(answer));
        kept.add(name);
        return true;
      } catch (err) {
        log.warn({ err, callId: answer.callId }, 'paid answer not kept');
        return false;
      }
    },
    drop: (answer) => {
      if (kept.delete(nameOf(answer))) tryTo(() => rmSync(join(folder, nameOf(answer)), { force: true }));
    },
    empty: async (take) => {
      let settled = 0;
      const aside: string[] = [];
      for (const name of listFiles(folder)) {
        const text =
          sizeOf(join(folder, name)) > maxSpoolBytes
            ? ''
            : tryTo(() => readFileSync(join(folder, name), 'utf8'));
        const answer = text === null ? null : readSpoolFile(text);
        if (answer && nameOf(answer) === name && (await take(answer)) === 'settled') {
          settled += 1;
          tryTo(() => rmSync(join(folder, name), { force: true }));
          continue;
        }
        // Another process was faster.
        if (!existsSync(join(folder, name))) continue;
        tryTo(() => setAside(name));
        aside.push(name);
      }
      if (aside.length > 0)
        log.warn(
          { files: aside.length, folder: asideFolder },
          'kept answers are damaged or of another database, and were set aside',
        );
      return settled;
    },
  };
}
