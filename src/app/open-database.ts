import { accessSync, constants, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config/environment.ts';
import { AppError, errorMessage } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { requireEncryption } from '../db/require-encryption.ts';
import { openEmbeddedPostgres } from '../local/embedded-postgres.ts';
import { cliErrors } from './errors.ts';

export interface OpenDatabase {
  /** Connection url, with its password: a secret. */
  readonly url: string;
  /** True: the project's own Postgres, which the last one to release stops. */
  readonly isEmbedded: boolean;
  /** Connection url for the queries that people give; null: no login for them is configured. */
  openReader(): Promise<string | null>;
  release(): Promise<void>;
}

/** Where a project keeps what is not its own text: the embedded database and other state. */
export function stateFolder(projectDir: string): string {
  return join(projectDir, '.catalog-sync');
}

export function embeddedDataRoot(projectDir: string): string {
  return join(stateFolder(projectDir), 'postgres');
}

/** Node says ENOENT of a read-only file system when it makes a folder and those above it in one go. */
function causeOf(error: unknown, folder: string): unknown {
  const above = dirname(folder);
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === folder) return error;
  try {
    accessSync(above, constants.W_OK);
    return error;
  } catch (cause) {
    return causeOf(cause, above);
  }
}

/**
 * Makes a folder for state of the project, if there is none.
 *
 * @throws AppError PROJECT_NOT_WRITABLE
 */
export function ensureStateFolder(folder: string): void {
  try {
    // The user of a server that root starts must pass through.
    mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const cause = causeOf(error, folder);
    const message = `${folder} can't be written: ${errorMessage(cause)}`;
    throw new AppError(cliErrors.PROJECT_NOT_WRITABLE, message, { cause });
  }
}

/**
 * The database of `DATABASE_URL`, or the embedded one of the project, started if it is not running yet.
 *
 * @throws AppError CONNECTION_NOT_ENCRYPTED, PROJECT_NOT_WRITABLE, LOCAL_POSTGRES_*
 */
export async function openDatabase(config: Config, log: Logger): Promise<OpenDatabase> {
  requireEncryption(config);
  if (config.DATABASE_URL) {
    const reader = config.DATABASE_READ_URL?.reveal() ?? null;
    return {
      url: config.DATABASE_URL.reveal(),
      isEmbedded: false,
      openReader: () => Promise.resolve(reader),
      release: () => Promise.resolve(),
    };
  }
  ensureStateFolder(stateFolder(config.projectDir));
  const dataRoot = embeddedDataRoot(config.projectDir);
  const server = await openEmbeddedPostgres({ dataRoot, log });
  return {
    url: server.url,
    isEmbedded: true,
    openReader: () => server.openReader(),
    release: () => server.release(),
  };
}
