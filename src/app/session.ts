import type { Command } from 'commander';
import { loadConfig, type Config } from '../config/environment.ts';
import { createLogger, type Logger } from '../core/log.ts';
import { spellCommands } from '../core/spell-commands.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { readSyncConfig } from '../config/read-sync-config.ts';
import { commandFor } from './command-for.ts';
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
  /** `service`: logs at LOG_LEVEL. `command`: a user is watching, so warnings and errors only. */
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
  /** How the user starts this program for this project; texts that are printed have it in place of `catalog-sync`. */
  readonly command: string;
  /** A line of data on stdout. Make it safe first if it holds foreign text. */
  print(line: string): void;
  /** A line on stderr; nothing with `--quiet`. */
  talk(line: string): void;
  createProgress(): Progress;
  /** @throws AppError CONFIG_FILE_* */
  readSyncConfig(): SyncConfig;
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
export function openSession(self: Command, context: CliContext, options: SessionOptions): Session {
  const flags = self.optsWithGlobals<GlobalFlags>();
  const ignored = options.ignoresEnvironment ?? false;
  const config = loadConfig({
    projectDir: flags.project,
    env: ignored ? {} : context.env,
    readFiles: !ignored,
  });
  const isQuiet = flags.quiet ?? false;
  const isJson = flags.json ?? false;
  const command = commandFor(context, flags.project);
  const { stdout, stderr, clock, isTty } = context;
  return {
    context,
    config,
    log: openLog(flags, context, options.logs === 'service' ? config.LOG_LEVEL : null),
    ...{ isJson, isQuiet, command },
    print: (line) => void stdout.write(`${isJson ? line : spellCommands(line, command)}\n`),
    talk: (line) => {
      if (!isQuiet) stderr.write(`${spellCommands(safeLines(line), command)}\n`);
    },
    createProgress: () => (isQuiet ? silentProgress : createProgress(stderr, { isTty: isTty.stderr, clock })),
    readSyncConfig: () => readSyncConfig(config.projectDir),
  };
}
