import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { createLogger } from '../../src/core/log.ts';
import { openEmbeddedPostgres } from '../../src/local/embedded-postgres.ts';
import { images } from './images.ts';

/** A Postgres for a test run: where it came from, for the one line about it. */
export interface PostgresSource {
  readonly kind: 'given' | 'container' | 'embedded';
  readonly url: string;
  readonly described: string;
  close(): Promise<void>;
}

function readVersion(text: string): 15 | 17 {
  if (text === '15' || text === '17') return text === '15' ? 15 : 17;
  throw new Error(`TEST_POSTGRES_VERSION is ${text}: it must be 15 or 17`);
}

async function startContainer(): Promise<PostgresSource> {
  const container = await new PostgreSqlContainer(images.postgres).start();
  return {
    kind: 'container',
    url: container.getConnectionUri(),
    described: `container ${images.postgres}`,
    close: async () => {
      await container.stop();
    },
  };
}

/**
 * `TEST_DATABASE_URL`, else with `TEST_CONTAINERS=1` a container (no engine is a failure, never a skip), else
 * the embedded binaries of `TEST_POSTGRES_VERSION` (15 or 17). The embedded data folder stays for the next
 * run, and runs at the same time share the server: databases carry the run's pid in their names.
 */
export async function openPostgresSource(
  projectDir: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PostgresSource> {
  const given = env['TEST_DATABASE_URL'];
  if (given)
    return { kind: 'given', url: given, described: 'TEST_DATABASE_URL', close: async () => undefined };
  if (env['TEST_CONTAINERS'] === '1') return startContainer();
  const embedded = await openEmbeddedPostgres({
    dataRoot: `${projectDir}/.catalog-sync/test`,
    version: readVersion(env['TEST_POSTGRES_VERSION'] ?? '17'),
    log: createLogger({ level: 'warn', pretty: true }),
  });
  return {
    kind: 'embedded',
    url: embedded.url,
    described: 'embedded binaries',
    close: () => embedded.release(),
  };
}
