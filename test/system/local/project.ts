import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { createLogger, type Logger } from '../../../src/core/log.ts';
import type { PostgresVersion } from '../../../src/local/binaries.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { relocatedFolder } from '../../../src/local/server-place.ts';
import { findMemoryFolder } from '../../support/memory-folder.ts';

export const isRoot = process.getuid?.() === 0;

export interface LocalProject {
  readonly folder: string;
  readonly dataRoot: string;
  /** `server/` of version 18, in the project. */
  readonly home: string;
  readonly logged: readonly Record<string, unknown>[];
  readonly log: Logger;
  open(options?: { version?: PostgresVersion; pickPort?: () => Promise<number> }): Promise<EmbeddedPostgres>;
  /** Releases what was opened, and removes all of it, also what lives outside the project. */
  remove(): Promise<void>;
}

const scratch = fileURLToPath(new URL('../../../.catalog-sync', import.meta.url));

/** A folder with a database of its own in memory, or below the repository: where an unprivileged user mostly gets to. */
export function createProject(name = 'project'): LocalProject {
  const id = `local-${randomBytes(5).toString('hex')}`;
  const outer = findMemoryFolder(id) ?? join(scratch, id);
  const folder = join(outer, name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const dataRoot = join(folder, 'data');
  const logged: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => logged.push(JSON.parse(line) as Record<string, unknown>) };
  const log = createLogger({ level: 'trace', pretty: false, stream });
  const opened: EmbeddedPostgres[] = [];
  return {
    folder,
    dataRoot,
    home: join(dataRoot, 'postgres-18', 'server'),
    logged,
    log,
    open: async (options = {}) => {
      const postgres = await openEmbeddedPostgres({ dataRoot, log, ...options });
      opened.push(postgres);
      return postgres;
    },
    remove: async () => {
      await Promise.all(opened.map((postgres) => postgres.release()));
      const state = join(dataRoot, 'postgres-18');
      mkdirSync(state, { recursive: true });
      rmSync(relocatedFolder(realpathSync(state)), { recursive: true, force: true });
      rmSync(outer, { recursive: true, force: true });
    },
  };
}

/** The data of a server that was started and stopped once; copying it is quicker than making it again. */
export interface Seed {
  /** A project whose Postgres has been used before, and is stopped. */
  createUsedProject(name?: string): LocalProject;
  remove(): Promise<void>;
}

export async function createSeed(): Promise<Seed> {
  const seed = createProject('seed');
  await (await seed.open()).release();
  return {
    createUsedProject: (name) => {
      const project = createProject(name);
      // Owners and modes are part of what is copied.
      execFileSync('cp', ['-a', seed.dataRoot, project.folder]);
      return project;
    },
    remove: () => seed.remove(),
  };
}

/** Runs one statement on a connection of its own and gives its first row. */
export async function queryRow(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const result = await client.query<Record<string, unknown>>(sql);
    return result.rows[0] ?? {};
  } finally {
    await client.end();
  }
}
