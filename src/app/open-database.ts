import { join } from 'node:path';
import type { Config } from '../config/environment.ts';
import type { Logger } from '../core/log.ts';
import { openEmbeddedPostgres } from '../local/embedded-postgres.ts';

export interface OpenDatabase {
  /** Connection url, with its password: a secret. */
  readonly url: string;
  /** True: the project's own Postgres, which the last one to release stops. */
  readonly isEmbedded: boolean;
  release(): Promise<void>;
}

/** Where a project keeps what is not its own text: the embedded database and other state. */
export function stateFolder(projectDir: string): string {
  return join(projectDir, '.catalog-sync');
}

export function embeddedDataRoot(projectDir: string): string {
  return join(stateFolder(projectDir), 'postgres');
}

/** The database of `DATABASE_URL`, or the embedded one of the project, started if it is not running yet. */
export async function openDatabase(config: Config, log: Logger): Promise<OpenDatabase> {
  if (config.DATABASE_URL) {
    return { url: config.DATABASE_URL.reveal(), isEmbedded: false, release: () => Promise.resolve() };
  }
  const dataRoot = embeddedDataRoot(config.projectDir);
  const server = await openEmbeddedPostgres({ dataRoot, log });
  return { url: server.url, isEmbedded: true, release: () => server.release() };
}
