import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CloseStack } from '../../../src/core/lifecycle.ts';
import { createLogger } from '../../../src/core/log.ts';
import { migrate } from '../../../src/db/migrate.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { bundledVersion, type PostgresVersion } from '../../../src/local/binaries.ts';
import { openEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/local/embedded-postgres.ts';
import { databaseUrl } from '../../support/admin.ts';
import {
  describeSchema,
  listPartitions,
  listTables,
  readContent,
  readSequences,
} from '../../support/describe-database.ts';
import { findMemoryFolder } from '../../support/memory-folder.ts';
import { findPostgresPrograms } from '../../support/postgres-programs.ts';
import { startTestRedis } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { root } from '../../support/compose-file.ts';
import {
  detailApi,
  detailsPerDay,
  documentedCommands,
  findFaults,
  openRestoreWorld,
  setLedgerAhead,
  untilNoonMs,
  withPool,
  type RestoreWorld,
} from './restore-world.ts';

const log = createLogger({ level: 'warn', pretty: true });
const dayMs = 86_400_000;
const programs = findPostgresPrograms(process.env['PATH'] ?? '');
/** The newest server that comes with us and that these programs can dump. */
const version = ([18, 17, 15] as const).find((each) => programs !== null && programs.version >= each) ?? null;
if (version === null && process.env['CI'])
  throw new Error('CI is set and there is no pg_dump of Postgres 15 or newer');
if (version === null) process.stderr.write('backups are not tested: no pg_dump of Postgres 15 or newer\n');

const closing = new CloseStack();

interface Server {
  readonly server: EmbeddedPostgres;
  readonly url: string;
  readonly dataRoot: string;
}
let here: Server;
let elsewhere: Server;

/** A folder that also the user can enter as whom Postgres runs. */
function makeFolder(): string {
  const name = `backup-${randomBytes(4).toString('hex')}`;
  const folder = findMemoryFolder(name) ?? join(root, '.catalog-sync', name);
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  closing.add('folder', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function startServer(
  dataRoot = makeFolder(),
  of: PostgresVersion = version ?? bundledVersion,
): Promise<Server> {
  const server = await openEmbeddedPostgres({ dataRoot, version: of, log });
  closing.add('server', () => server.release());
  return { server, url: server.url, dataRoot };
}

const [dump = ''] = documentedCommands('Dump');
const [drop = '', makeRoles = '', restore = ''] = documentedCommands('Restore a dump');
const [copy = '', putBack = ''] = documentedCommands('Copy of the bundled Postgres');

/** What the sandbox's console shows of details. */
const countDetails = async (world: RestoreWorld) => (await world.countArrivals())[detailApi] ?? 0;

/** What a database knows of that. */
const countKnown = (url: string) =>
  withPool(url, async (pool) => {
    const { rowCount } = await pool.query('SELECT FROM usage.api_call WHERE api = $1', [detailApi]);
    return rowCount;
  });

const countAll = async (world: RestoreWorld) =>
  Object.values(await world.countArrivals()).reduce((sum, calls) => sum + calls, 0);

const lastStatus = (url: string) =>
  withPool(url, async (pool) => {
    const { rows } = await pool.query<{ status: string }>(
      'SELECT status FROM sync.run ORDER BY run_id DESC LIMIT 1',
    );
    return rows[0]?.status;
  });

/** A view is printed a little otherwise when its own print was read: casts get names, and brackets go. */
const alike = (line: string) =>
  line.startsWith('view ') ? line.replaceAll(/(?<=::[\w ]+) AS \w+|[()\s]/g, '') : line;

const describeAll = (url: string) =>
  withPool(url, async (pool) => ({
    schema: (await describeSchema(pool)).map(alike),
    partitions: await listPartitions(pool),
    sequences: await readSequences(pool),
    content: Object.fromEntries(await readContent(pool, await listTables(pool))),
  }));

/**
 * The restore takes ten minutes: a run that was active in the dump has had no heartbeat for as long, and no call of it
 * can still be answered.
 */
async function letTimePass(world: RestoreWorld, url: string, aheadMs: number): Promise<number> {
  const minutesMs = 600_000;
  world.sandbox.advance(minutesMs);
  await setLedgerAhead(url, aheadMs + minutesMs);
  await withPool(url, (pool) =>
    pool.query(
      "UPDATE sync.run SET heartbeat_at = heartbeat_at - interval '10 minutes' WHERE ended_at IS NULL",
    ),
  );
  return aheadMs + minutesMs;
}

/** The first run after a restore asks for nothing. */
async function expectRest(world: RestoreWorld, url: string): Promise<void> {
  const before = await countAll(world);
  expect(await world.verb('quota')).toContain('quota reconcile');
  await world.verb('sync');
  expect(await lastStatus(url)).toBe('partial_quota');
  expect(await countAll(world)).toBe(before);
}

/** Once reconciled, what is left of the day is spent, and no more; and days later all is known. */
async function goOn(world: RestoreWorld, url: string, aheadMs: number): Promise<void> {
  await expectRest(world, url);
  const before = await countDetails(world);
  expect(await world.reconcileAll()).toBeGreaterThan(0);
  await world.verb('sync');
  const spent = await countDetails(world);
  expect(spent).toBeGreaterThan(before);
  expect(spent).toBeLessThanOrEqual(detailsPerDay);

  // What was lost is asked for again, which may take another day.
  for (let day = 1; day <= 3 && (await lastStatus(url)) !== 'succeeded'; day += 1) {
    world.sandbox.advance(dayMs);
    await setLedgerAhead(url, aheadMs + day * dayMs);
    await world.verb('sync');
  }
  expect(await lastStatus(url)).toBe('succeeded');
  expect(await world.listRefusals()).toEqual([]);
  expect(await findFaults(url, world.sandbox)).toEqual([]);
}

async function openWorld(
  url: string,
  { folder = makeFolder(), ...env }: { folder?: string; REDIS_URL?: string } = {},
) {
  const world = await openRestoreWorld({ folder, programs: programs?.folder ?? '', env });
  closing.add('world', () => world.close());
  await migrate({ connectionString: url, log });
  await withPool(url, (pool) => createRunStore({ pool }).claimSource('sandbox'));
  const aheadMs = untilNoonMs(world.sandbox.now().getTime());
  world.sandbox.advance(aheadMs);
  await setLedgerAhead(url, aheadMs);
  world.useDatabase(url);
  return { world, aheadMs };
}

describe.skipIf(version === null)('a restored database', { timeout: 240_000 }, () => {
  beforeAll(async () => {
    [here, elsewhere] = [await startServer(), await startServer()];
  }, 90_000);
  afterAll(() => closing.close(log), 60_000);

  test('that was dumped while it was synced goes on at another server, within the quota', async () => {
    const { world, aheadMs } = await openWorld(here.url);
    const running = world.verb('sync', '--budget', '55');
    await until(async () => (await countDetails(world)) >= 8, { pollMs: 5, what: 'details are called' });
    await world.shell(dump);
    await running;

    const target = { SERVER_URL: databaseUrl(elsewhere.url, 'postgres'), DATABASE_URL: elsewhere.url };
    await world.shell(drop, target);
    await world.shell(makeRoles, target);
    await world.shell(restore, target);
    world.useDatabase(elsewhere.url);
    const later = await letTimePass(world, elsewhere.url, aheadMs);
    expect(await countKnown(elsewhere.url)).toBeLessThan(await countDetails(world));
    await goOn(world, elsewhere.url, later);
  });

  test('is the very one that was dumped, and goes on beside a Redis that knows of later jobs', async () => {
    const redis = await startTestRedis();
    closing.add('redis', () => redis.close());
    await withPool(databaseUrl(here.url, 'postgres'), (pool) => pool.query('CREATE DATABASE another'));
    const url = databaseUrl(here.url, 'another');
    const { world, aheadMs } = await openWorld(url, redis.url === null ? {} : { REDIS_URL: redis.url });
    await world.verb('sync', '--budget', '30');
    await world.shell(dump);
    const dumped = await describeAll(url);
    expect(dumped.schema.filter((line) => line.startsWith('grant ')).length).toBeGreaterThan(50);
    expect(dumped.partitions.length).toBeGreaterThan(10);
    await world.verb('sync', '--budget', '20');

    const names = (text: string) => text.replaceAll(/\bcatalog_sync\b/g, 'another');
    const target = { SERVER_URL: databaseUrl(here.url, 'postgres') };
    await world.shell(names(drop), target);
    await world.shell(names(restore), target);
    expect(await describeAll(url)).toEqual(dumped);
    await goOn(world, url, aheadMs);
  });

  test('that was recovered to a new timeline is noticed', async () => {
    await withPool(databaseUrl(here.url, 'postgres'), (pool) => pool.query('CREATE DATABASE recovered'));
    const { world } = await openWorld(databaseUrl(here.url, 'recovered'));
    await world.verb('sync', '--budget', '20');
    await here.server.release();
    const data = join(here.dataRoot, `postgres-${String(version)}`, 'server', 'data');
    const { uid, gid } = statSync(data);
    for (const [name, text] of [
      ['recovery.signal', ''],
      ['postgresql.auto.conf', "restore_command = 'false'\n"],
    ] as const) {
      appendFileSync(join(data, name), text);
      chownSync(join(data, name), uid, gid);
    }
    here = await startServer(here.dataRoot);
    const url = databaseUrl(here.url, 'recovered');
    // It answers before its recovery ends, and takes no writes until then.
    await withPool(url, (pool) =>
      until(async () => (await pool.query('SELECT WHERE NOT pg_is_in_recovery()')).rowCount === 1, {
        what: 'the recovery ends',
      }),
    );
    world.useDatabase(url);
    await expectRest(world, url);
    expect(await world.reconcileAll()).toBeGreaterThan(0);
  });
});

describe('a copy of the folder of the bundled Postgres', { timeout: 240_000 }, () => {
  afterAll(() => closing.close(log), 60_000);

  test('is put back, reconciled by hand, and goes on within the quota', async () => {
    const folder = makeFolder();
    const dataRoot = join(folder, '.catalog-sync', 'postgres');
    const { server, url } = await startServer(dataRoot, bundledVersion);
    const { world } = await openWorld(url, { folder });
    await server.release();
    world.useDatabase(null);
    await world.verb('sync', '--budget', '40');
    await world.shell(copy);
    await world.verb('sync', '--budget', '15');
    await world.shell(putBack);
    expect(await world.verb('quota')).not.toContain('quota reconcile');
    for (const name of ['category.children', 'search.keyword', 'offer.detail']) await world.reconcile(name);
    await world.verb('sync');
    expect(await countDetails(world)).toBeGreaterThan(45);
    expect(await countDetails(world)).toBeLessThanOrEqual(detailsPerDay);
    expect(await world.listRefusals()).toEqual([]);
  });
});
