import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import type { TestProject } from 'vitest/node';
import { errorMessage } from '../../src/core/errors.ts';
import { createLogger, type Logger } from '../../src/core/log.ts';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { processStart } from '../../src/local/process-start.ts';
import { databaseUrl, dropDatabase, withAdmin } from './admin.ts';
import { openPostgresSource } from './postgres-source.ts';
import type { TestServers } from './provided.ts';
import { openRedisSource } from './redis-source.ts';

const projectDir = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

async function listTestDatabases(client: pg.Client, pattern: string): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    'select datname as name from pg_database where datname like $1',
    [pattern],
  );
  return found.rows.map((row) => row.name);
}

/** Databases of runs that were killed: the pid in the name runs no more. Only for a server on this machine. */
async function dropLeftovers(adminUrl: string): Promise<void> {
  await withAdmin(adminUrl, async (client) => {
    for (const name of await listTestDatabases(client, 'test\\_%')) {
      const pid = Number(/^test_(\d+)_/.exec(name)?.[1]);
      if (processStart(pid) === null) await dropDatabase(client, name);
    }
  });
}

async function tryToMigrate(connectionString: string, log: Logger): Promise<string | null> {
  try {
    const { migrate } = await import('../../src/db/migrate.ts');
    await migrate({ connectionString, log });
    // Tests set calls and observations back by some days: in the first days of a month, into the one before.
    await withAdmin(connectionString, (client) =>
      client.query(
        "select sync.ensure_partitions(now() - interval '1 month', 0); select sync.grant_readers()",
      ),
    );
    return null;
  } catch (err) {
    log.error({ err }, 'the template of the test databases could not be migrated');
    return `the migrations failed: ${errorMessage(err)}`;
  }
}

/** Returns why the template is not migrated, or null. */
async function buildTemplate(adminUrl: string, name: string, log: Logger): Promise<string | null> {
  await withAdmin(adminUrl, (client) => client.query(`create database ${name} template template0`));
  const problem = await tryToMigrate(databaseUrl(adminUrl, name), log);
  // CREATE DATABASE ... TEMPLATE fails while anything is connected to the template.
  await withAdmin(adminUrl, (client) => client.query(`alter database ${name} with allow_connections false`));
  return problem;
}

async function dropRun(adminUrl: string, prefix: string): Promise<void> {
  await withAdmin(adminUrl, async (client) => {
    for (const name of await listTestDatabases(client, `${prefix.replaceAll('_', '\\_')}%`)) {
      await dropDatabase(client, name);
    }
  });
}

async function readServerVersion(adminUrl: string): Promise<string> {
  return withAdmin(adminUrl, async (client) => {
    const shown = await client.query<{ server_version: string }>('show server_version');
    return shown.rows[0]?.server_version ?? 'unknown';
  });
}

/** One Postgres and one migrated template for the whole run; says in one line what it found. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = createLogger({ level: 'warn', pretty: true });
  const resources = new CloseStack();
  try {
    const scratchFolder = mkdtempSync(join(tmpdir(), 'catalog-sync-tests-'));
    resources.add('scratch', () => rmSync(scratchFolder, { recursive: true, force: true }));
    const postgres = await openPostgresSource(projectDir, process.env);
    resources.add('postgres', () => postgres.close());
    const redis = await openRedisSource(process.env);
    resources.add('redis', () => redis.close());
    if (postgres.kind === 'embedded') await dropLeftovers(postgres.url);
    // Each project has its own setup, in one process.
    const databasePrefix = `test_${process.pid}_${project.name}_`;
    const templateDatabase = `${databasePrefix}template`;
    resources.add('databases', () => dropRun(postgres.url, databasePrefix));
    const migrationProblem = await buildTemplate(postgres.url, templateDatabase, log);
    const servers: TestServers = {
      adminUrl: postgres.url,
      templateDatabase,
      migrationProblem,
      databasePrefix,
      scratchFolder,
      redisUrl: redis.url,
    };
    project.provide('testServers', servers);
    const version = await readServerVersion(postgres.url);
    process.stderr.write(
      `tests run on Postgres ${version} (${postgres.described}), Redis: ${redis.described}\n`,
    );
  } catch (error) {
    await resources.close(log);
    throw error;
  }
  return () => resources.close(log);
}
