import { EventEmitter } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { CliContext } from '../../src/app/context.ts';
import type { OutputStream } from '../../src/terminal/output-stream.ts';
import type { Environment } from '../../src/config/environment.ts';
import { systemClock } from '../../src/core/clock.ts';
import { exitCodes } from '../../src/core/exit-codes.ts';
import { findScratchFolder } from './scratch-folder.ts';

/** A stream that keeps what is written to it. */
class Recorder extends EventEmitter implements OutputStream {
  text = '';
  readonly columns: number;

  constructor(columns: number) {
    super();
    this.columns = columns;
  }

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** Replaces parts of the world of a verb. */
export interface WorldOptions {
  readonly env?: Environment;
  readonly cwd?: string;
  /** How the program is started; default: as where it is installed. */
  readonly command?: string;
  /** What a person at a terminal types; without it there is no terminal. */
  readonly typed?: string;
  /** How wide the terminal is; default 120. */
  readonly columns?: number;
  /** True: standard input stays open, for a test that types later. */
  readonly keepsTyping?: boolean;
}

/** A context whose streams are kept, without a terminal unless somebody types. */
export function createWorld(options: WorldOptions = {}) {
  const stdin = new PassThrough();
  if (!options.keepsTyping) stdin.end(options.typed ?? '');
  const isTty = options.typed !== undefined;
  const [stdout, stderr] = [new Recorder(options.columns ?? 120), new Recorder(options.columns ?? 120)];
  const context: CliContext = {
    stdout,
    stderr,
    stdin,
    isTty: { stdin: isTty, stdout: false, stderr: isTty },
    env: options.env ?? {},
    clock: systemClock,
    cwd: options.cwd ?? createProject(),
    command: options.command ?? 'catalog-sync',
    startedAtMs: performance.now(),
    signals: new EventEmitter(),
    exitCode: exitCodes.succeeded,
  };
  return { context, stdin, stdout, stderr };
}

/** A project folder with the given files, gone after the tests of the file. */
export function createProject(files: Readonly<Record<string, string>> = {}): string {
  const dir = mkdtempSync(join(findScratchFolder(), 'project-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}
