import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import type { PostgresVersion } from '../../../src/local/binaries.ts';
import { databaseUrl } from '../../support/admin.ts';
import { builtProgram } from '../../support/built-program.ts';
import { listTables, readContent } from '../../support/describe-database.ts';
import { findMemoryFolder } from '../../support/memory-folder.ts';
import { findPostgresPrograms } from '../../support/postgres-programs.ts';
import { root } from '../../support/compose-file.ts';
import { documentedCommands, withPool } from './restore-world.ts';

const log = createLogger({ level: 'warn', pretty: true });
const programs = findPostgresPrograms(process.env['PATH'] ?? '');
const closing = new CloseStack();
afterAll(() => closing.close(log), 60_000);

const [dump = ''] = documentedCommands('Dump');
const [drop = '', , restore = ''] = documentedCommands('Restore a dump');

const readAll = (url: string) =>
  withPool(url, async (pool) => Object.fromEntries(await readContent(pool, await listTables(pool))));

/** Lines of a shell, as a person runs them against a server. */
function createShell(folder: string, program: string) {
  const path = [programs?.folder, process.env['PATH']].join(delimiter);
  return (lines: string, url: string) =>
    execFileSync('sh', ['-euc', lines.replaceAll('bin/catalog-sync.js', program)], {
      cwd: folder,
      env: { PATH: path, DATABASE_URL: url, SERVER_URL: databaseUrl(url, 'postgres') },
    });
}

describe.skipIf(programs === null)('data of an older bundled Postgres', { timeout: 120_000 }, () => {
  test('is refused, and brought over by the commands of the backup page', async () => {
    const name = `postgres-upgrade-${randomBytes(4).toString('hex')}`;
    const folder = findMemoryFolder(name) ?? join(root, '.catalog-sync', name);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    closing.add('folder', () => rmSync(folder, { recursive: true, force: true }));
    const dataRoot = join(folder, '.catalog-sync', 'postgres');
    const open = async (version?: PostgresVersion): Promise<EmbeddedPostgres> => {
      const server = await openEmbeddedPostgres({ dataRoot, log, ...(version && { version }) });
      closing.add('server', () => server.release());
      await migrate({ connectionString: server.url, log });
      return server;
    };
    const shell = createShell(folder, await builtProgram());

    const old = await open(15);
    await withPool(old.url, (pool) => createRunStore({ pool }).claimSource('sandbox'));
    const before = await readAll(old.url);
    shell(dump, old.url);
    await old.release();

    await expect(openEmbeddedPostgres({ dataRoot, log })).rejects.toMatchObject({
      code: 'LOCAL_POSTGRES_OTHER_VERSION',
    });
    renameSync(dataRoot, `${dataRoot}-before`);
    const current = await open();
    expect(await readAll(current.url)).not.toEqual(before);
    shell(drop, current.url);
    shell(restore, current.url);
    expect(await readAll(current.url)).toEqual(before);
  });
});
