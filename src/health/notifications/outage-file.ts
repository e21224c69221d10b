import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { Logger } from '../../core/log.ts';

/** An outage of the database whose begin was sent, and whose end was not yet. */
export interface SentOutage {
  /** Of the errors of the database. */
  readonly code: string;
  readonly since: Date;
}

/** Keeps the outage of a project for its next process. No function fails. */
export interface OutageFile {
  /** Null: there is none, or it can't be read. */
  read(): SentOutage | null;
  write(outage: SentOutage): void;
  remove(): void;
}

const content = z.object({ code: z.string(), since: z.iso.datetime() });

/** The outage in `file`, whose folder is created when it is needed. */
export function openOutageFile(file: string, log: Logger): OutageFile {
  return {
    read: () => {
      try {
        const { code, since } = content.parse(JSON.parse(readFileSync(file, 'utf8')));
        return { code, since: new Date(since) };
      } catch {
        return null;
      }
    },
    write: (outage) => {
      const draft = `${file}.${String(process.pid)}`;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        writeFileSync(draft, JSON.stringify(outage), { mode: 0o600 });
        renameSync(draft, file);
      } catch (err) {
        log.warn({ err }, 'if this process ends before the database is back, nobody is notified of that');
      }
    },
    remove: () => {
      try {
        rmSync(file, { force: true });
      } catch (err) {
        log.warn({ err }, 'the end of an outage will be sent again');
      }
    },
  };
}
