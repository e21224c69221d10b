import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processStart } from './process-start.ts';

/** One file of a presence folder: its name says who made it, its content nothing. */
interface Present {
  readonly name: string;
  readonly label: string;
}

/**
 * A folder in which processes make themselves known by empty files named `label.pid.start.nonce`. A file whose
 * process has ended does not count and is removed by whoever sees it: its name is never used again, so that
 * nobody can remove a file of the living by mistake.
 */
export class PresenceFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Leaves a mark of this process; returns its file name. `label` has no dots. */
  enter(label: string): string {
    const name = [label, process.pid, String(processStart(process.pid)), randomBytes(6).toString('hex')].join(
      '.',
    );
    writeFileSync(join(this.#folder, name), '', { flag: 'wx', mode: 0o600 });
    return name;
  }

  /** Removes a mark; one that is gone already is fine. */
  leave(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }

  /** The marks of all processes that still run, this one included. */
  list(): Present[] {
    return readdirSync(this.#folder).flatMap((name) => {
      const [label = '', pid, start] = name.split('.');
      if (processStart(Number(pid)) === start) return [{ name, label }];
      this.leave(name);
      return [];
    });
  }
}
