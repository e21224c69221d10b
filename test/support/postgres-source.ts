import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '../../src/core/log.ts';
import { bundledVersion, type PostgresVersion } from '../../src/local/binaries.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';
import { readPostmaster } from '../../src/local/postmaster.ts';
import { images } from './images.ts';
import { findMemoryFolder } from './memory-folder.ts';

/** A Postgres for a test run: where it came from, for the one line about it. */
export interface PostgresSource {
  readonly kind: 'given' | 'container' | 'embedded';
  readonly url: string;
  readonly described: string;
  close(): Promise<void>;
}

const versions = [15, 17, 18] as const satisfies readonly PostgresVersion[];

function readVersion(text: string | undefined): PostgresVersion {
  if (text === undefined) return bundledVersion;
  const version = versions.find((known) => String(known) === text);
  if (version === undefined) throw new Error(`TEST_POSTGRES_VERSION is ${text}: it must be 15, 17 or 18`);
  return version;
}

async function startContainer(): Promise<PostgresSource> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  // As the embedded one of the tests: connections for three files at once, and data in memory.
  const container = await new PostgreSqlContainer(images.postgres)
    .withCommand(['postgres', '-c', 'max_connections=300'])
    .withTmpFs({ '/var/lib/postgresql': 'rw' })
    .start();
  return {
    kind: 'container',
    url: container.getConnectionUri(),
    described: `container ${images.postgres}`,
    close: async () => {
      await container.stop();
    },
  };
}

const isRunning = (dataRoot: string, version: number): boolean =>
  readPostmaster(join(dataRoot, `postgres-${version}`, 'server', 'data'))?.isRunning ?? false;

async function openEmbedded(dataRoot: string, version: PostgresVersion): Promise<PostgresSource> {
  const log = createLogger({ level: 'warn', pretty: true });
  const embedded = await openEmbeddedPostgres({ dataRoot, version, log });
  const close = () => embedded.release();
  return { kind: 'embedded', url: embedded.url, described: 'embedded binaries', close };
}

/** Null: there is no memory to spare, or Postgres can't be there. */
async function openInMemory(projectDir: string, version: PostgresVersion): Promise<PostgresSource | null> {
  const folder = findMemoryFolder(projectDir);
  if (folder === null) return null;
  const leave = () => {
    // Memory is given back by the last run that shares the server.
    if (!isRunning(folder, version)) rmSync(folder, { recursive: true, force: true });
  };
  try {
    const source = await openEmbedded(folder, version);
    const close = () => source.close().finally(leave);
    return { ...source, described: `${source.described}, data in memory`, close };
  } catch {
    leave();
    return null;
  }
}

/**
 * `TEST_DATABASE_URL`, else with `TEST_CONTAINERS=1` a container (no engine is a failure, never a skip), else the
 * embedded binaries of `TEST_POSTGRES_VERSION` (15, 17 or 18), with their data in memory where there is room, else in the
 * project. Runs at the same time share the server: databases carry the run's pid in their names.
 */
export async function openPostgresSource(
  projectDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PostgresSource> {
  const given = env['TEST_DATABASE_URL'];
  if (given)
    return { kind: 'given', url: given, described: 'TEST_DATABASE_URL', close: async () => undefined };
  if (env['TEST_CONTAINERS'] === '1') return startContainer();
  const version = readVersion(env['TEST_POSTGRES_VERSION']);
  const inMemory = await openInMemory(projectDir, version);
  return inMemory ?? openEmbedded(join(projectDir, '.catalog-sync', 'test'), version);
}
