import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { loadConfig, type Config } from '../config/environment.ts';
import { AppError, coreErrors, errorMessage } from '../core/errors.ts';
import { createLogger, type Logger } from '../core/log.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { parseSyncFile } from '../config/parse-sync-file.ts';
import type { CliContext } from './context.ts';
import { createProgress, silentProgress, type Progress } from '../terminal/progress.ts';
import { safeLines } from '../terminal/safe-text.ts';

/** The flags that every verb has. */
export interface GlobalFlags {
  readonly project: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly logLevel?: string;
}

export interface SessionOptions {
  /** `service`: logs at LOG_LEVEL. `command`: a person looks on, so warnings and errors only. */
  readonly logs: 'service' | 'command';
  /** True: neither the environment nor env files are read, as if nothing were configured. */
  readonly ignoresEnvironment?: boolean;
}

/** What a verb works with, after the global flags and the configuration were read. */
export interface Session {
  readonly context: CliContext;
  readonly config: Config;
  readonly log: Logger;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  /** A line of data on stdout. Make it safe first if it holds foreign text. */
  print(line: string): void;
  /** A line for people on stderr; nothing with `--quiet`. */
  talk(line: string): void;
  createProgress(): Progress;
  /** @throws AppError CONFIG_FILE_INVALID */
  readSyncConfig(): SyncConfig;
}

export const syncFileName = 'catalog-sync.yaml';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const message = `${syncFileName} can not be read: ${errorMessage(cause)}`;
    throw new AppError(coreErrors.CONFIG_FILE_INVALID, message, { cause });
  }
}

/**
 * Reads `catalog-sync.yaml` of a project folder.
 *
 * @throws AppError CONFIG_FILE_INVALID, also when there is none or it can't be read
 */
export function readSyncConfig(projectDir: string): SyncConfig {
  const file = join(projectDir, syncFileName);
  if (existsSync(file)) return parseSyncFile(readText(file), syncFileName);
  const message = `there is no ${syncFileName} in ${projectDir}: copy catalog-sync.example.yaml and edit it`;
  throw new AppError(coreErrors.CONFIG_FILE_INVALID, message);
}

function openLog(flags: GlobalFlags, context: CliContext, serviceLevel: string | null): Logger {
  const level = flags.logLevel ?? (flags.quiet ? 'error' : (serviceLevel ?? 'warn'));
  const { stderr } = context;
  const stream = { write: (line: string) => void stderr.write(line) };
  return context.isTty.stderr
    ? createLogger({ level, pretty: true })
    : createLogger({ level, pretty: false, stream });
}

/**
 * Reads flags and configuration for a verb.
 *
 * @throws AppError CONFIG_INVALID
 */
export function openSession(command: Command, context: CliContext, options: SessionOptions): Session {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const ignored = options.ignoresEnvironment ?? false;
  const config = loadConfig({
    projectDir: flags.project,
    env: ignored ? {} : context.env,
    readFiles: !ignored,
  });
  const isQuiet = flags.quiet ?? false;
  const { stdout, stderr, clock, isTty } = context;
  return {
    context,
    config,
    log: openLog(flags, context, options.logs === 'service' ? config.LOG_LEVEL : null),
    isJson: flags.json ?? false,
    isQuiet,
    print: (line) => void stdout.write(`${line}\n`),
    talk: (line) => {
      if (!isQuiet) stderr.write(`${safeLines(line)}\n`);
    },
    createProgress: () => (isQuiet ? silentProgress : createProgress(stderr, { isTty: isTty.stderr, clock })),
    readSyncConfig: () => readSyncConfig(config.projectDir),
  };
}
