import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withAdmin } from '../../support/admin.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** Runs a statement as a role, in a transaction that is undone. */
async function runAs(role: string, sql: string): Promise<unknown> {
  const client = await db.pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL ROLE ${role}`);
    return await client.query(sql);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const denied = { code: '42501' };
const readers = ['catalog_analyst', 'catalog_ops', 'catalog_bi'];

async function listRelations(schemas: readonly string[], kinds: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE c.relnamespace::regnamespace::text = ANY ($1) AND c.relkind = ANY (string_to_array($2, NULL)::"char"[])
     ORDER BY 1`,
    [schemas, kinds],
  );
  return rows.map((row) => row.name);
}

async function listReadable(role: string): Promise<string[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
       AND has_schema_privilege($1, n.oid, 'USAGE') AND has_any_column_privilege($1, c.oid, 'SELECT')
     ORDER BY 1`,
    [role],
  );
  return rows.map((row) => row.name);
}

describe('catalog_analyst', () => {
  it('reads all of catalog and analytics, and nothing else', async () => {
    expect(await listReadable('catalog_analyst')).toEqual(
      await listRelations(['catalog', 'analytics'], 'rpv'),
    );
  });

  it('can use every view and function of analytics', async () => {
    for (const view of await listRelations(['analytics'], 'v')) {
      await runAs('catalog_analyst', `SELECT * FROM ${view} LIMIT 1`);
    }
    await runAs(
      'catalog_analyst',
      `SELECT * FROM analytics.price_at(1), analytics.lowest_price(1), analytics.search_offers('x'),
         analytics.price_as_of(now())`,
    );
  });

  it.each([
    'SELECT * FROM sync.token',
    'SELECT * FROM sync.refresh',
    'SELECT * FROM raw.payload',
    'SELECT * FROM usage.api_call',
    `INSERT INTO catalog.seller (seller_id, changed_at, call_id) VALUES ('x', now(), 1)`,
    `UPDATE catalog.offer SET state = 'gone'`,
    'DELETE FROM catalog.price',
    'UPDATE analytics.fct_observation SET stock = 0',
    'CREATE VIEW analytics.mine AS SELECT 1',
    'CREATE TABLE catalog.mine ()',
    'CREATE TABLE public.mine ()',
    'CREATE SCHEMA mine',
    'SELECT sync.grant_readers()',
  ])('may not %s', async (sql) => {
    await expect(runAs('catalog_analyst', sql)).rejects.toMatchObject(denied);
  });
});

it('a login made as docs/querying.md says reads what its group reads, and can change nothing', async () => {
  const guide = readFileSync(new URL('../../../docs/querying.md', import.meta.url), 'utf8');
  const makeLogin = /```pgsql\n(CREATE ROLE maria [^]*?)```/.exec(guide)?.[1] ?? '';
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(makeLogin);
    const { rows } = await client.query<{ settings: string[] }>(
      `SELECT setconfig AS settings FROM pg_db_role_setting WHERE setrole = 'maria'::regrole`,
    );
    expect(rows[0]?.settings).toEqual([
      'statement_timeout=5min',
      'work_mem=32MB',
      'default_transaction_read_only=on',
    ]);
    await client.query('SET LOCAL ROLE maria');
    await client.query('SELECT FROM analytics.dim_offer');
    await expect(client.query('SELECT FROM sync.token')).rejects.toMatchObject(denied);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

it('readers may make temporary tables, until the owner of the database says no as docs/querying.md does', async () => {
  const guide = readFileSync(new URL('../../../docs/querying.md', import.meta.url), 'utf8');
  const revoke = /REVOKE TEMPORARY ON DATABASE .*;/.exec(guide)?.[0] ?? '';
  const makeTable = 'CREATE TEMP TABLE mine ()';
  for (const role of readers) await runAs(role, makeTable);
  const { rows } = await db.pool.query<{ name: string }>('SELECT quote_ident(current_database()) AS name');
  await db.pool.query(revoke.replace('catalog_sync', rows[0]?.name ?? ''));
  for (const role of readers) await expect(runAs(role, makeTable)).rejects.toMatchObject(denied);
  const kept = await db.pool.query(
    `SELECT FROM pg_database, aclexplode(datacl) a
     WHERE datname = current_database() AND a.grantee = datdba AND a.privilege_type = 'TEMPORARY'`,
  );
  expect(kept.rows).toHaveLength(1);
});

describe('catalog_bi', () => {
  it('reads all of analytics and usage, and nothing else', async () => {
    expect(await listReadable('catalog_bi')).toEqual(await listRelations(['analytics', 'usage'], 'rpv'));
  });

  it('can use every view and function of what it reads', async () => {
    for (const view of await listRelations(['analytics', 'usage'], 'v')) {
      await runAs('catalog_bi', `SELECT * FROM ${view} LIMIT 1`);
    }
    await runAs(
      'catalog_bi',
      `SELECT usage.ledger_now(), * FROM analytics.price_at(1), analytics.lowest_price(1), analytics.search_offers('x')`,
    );
  });

  it.each([
    'SELECT * FROM catalog.offer',
    'SELECT * FROM sync.run',
    'SELECT * FROM raw.payload',
    'UPDATE usage.quota_period SET granted = 0',
    'CREATE VIEW analytics.mine AS SELECT 1',
    'CREATE TABLE public.mine ()',
    'SELECT sync.grant_readers()',
  ])('may not %s', async (sql) => {
    await expect(runAs('catalog_bi', sql)).rejects.toMatchObject(denied);
  });
});

describe('catalog_ops', () => {
  it('reads analytics, usage and sync but for tokens, and nothing else', async () => {
    const all = await listRelations(['analytics', 'usage', 'sync'], 'rpv');
    expect(await listReadable('catalog_ops')).toEqual(all.filter((name) => name !== 'sync.token'));
  });

  it('can use every view and function of what it reads', async () => {
    for (const view of await listRelations(['analytics', 'usage'], 'v')) {
      await runAs('catalog_ops', `SELECT * FROM ${view} LIMIT 1`);
    }
    await runAs(
      'catalog_ops',
      `SELECT usage.ledger_now(), * FROM analytics.price_at(1), analytics.lowest_price(1), analytics.search_offers('x')`,
    );
  });

  it.each([
    'SELECT * FROM sync.token',
    'SELECT app_key FROM sync.token',
    'SELECT * FROM raw.payload',
    'SELECT * FROM catalog.offer',
    `UPDATE usage.quota_period SET granted = 0`,
    'DELETE FROM usage.api_call',
    `INSERT INTO usage.api_hold (api, code, held_at) VALUES ('*', 'x', now())`,
    `UPDATE sync.run SET status = 'failed'`,
    'CREATE TABLE sync.mine ()',
    'CREATE TABLE usage.mine ()',
    'CREATE TABLE public.mine ()',
  ])('may not %s', async (sql) => {
    await expect(runAs('catalog_ops', sql)).rejects.toMatchObject(denied);
  });
});

it('no function lends anybody the rights of its owner', async () => {
  const { rows } = await db.pool.query(
    `SELECT oid::regprocedure FROM pg_proc
     WHERE prosecdef AND pronamespace::regnamespace::text = ANY ('{catalog,sync,usage,raw,analytics}')`,
  );
  expect(rows).toEqual([]);
});

describe('making the roles', () => {
  const { adminUrl } = inject('testServers');
  const suffix = randomBytes(5).toString('hex');
  const roles = [`analyst_${suffix}`, `ops_${suffix}`];
  const owner = `owner_${suffix}`;
  const migration = readFileSync(new URL('../../../migrations/0000_schema.sql', import.meta.url), 'utf8');
  /** What the migration does, with roles that this server doesn't have yet. */
  const makeRoles = (/^DO \$\$\nDECLARE\n {2}reader[^]*?^\$\$;/m.exec(migration)?.[0] ?? '')
    .replace('catalog_analyst', roles[0] ?? '')
    .replace('catalog_ops', roles[1] ?? '');
  const countRoles = async () => {
    const { rows } = await db.pool.query(
      'SELECT FROM pg_roles WHERE rolname = ANY ($1) AND NOT rolcanlogin',
      [roles],
    );
    return rows.length;
  };

  beforeAll(() => db.pool.query(`CREATE ROLE ${owner}`));
  afterAll(() =>
    withAdmin(adminUrl, (client) => client.query(`DROP ROLE IF EXISTS ${[owner, ...roles].join()}`)),
  );

  it('only warns where the user may make none', async () => {
    const client = await db.pool.connect();
    const warnings: (string | undefined)[] = [];
    client.on('notice', ({ message }) => void warnings.push(message));
    await client.query(`SET ROLE ${owner}`);
    await client.query(makeRoles);
    client.release(true);
    expect(warnings).toEqual(
      roles.map((role) => expect.stringContaining(`role ${role} is not made`) as string),
    );
    expect(await countRoles()).toBe(0);
  });

  it('waits for another database of the server that makes them at the same time', async () => {
    const [first, second] = [await db.pool.connect(), await db.pool.connect()];
    await first.query('BEGIN');
    await first.query(makeRoles);
    const waiting = second.query(makeRoles);
    await until(async () => {
      const { rows } = await db.pool.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });
    await first.query('COMMIT');
    await waiting;
    first.release();
    second.release();
    expect(await countRoles()).toBe(2);
  });
});

it('a role that was made after the migrations gets its rights by one call of the owner', async () => {
  await db.pool.query('REVOKE USAGE ON SCHEMA analytics FROM catalog_analyst');
  await expect(runAs('catalog_analyst', 'SELECT FROM analytics.dim_offer')).rejects.toMatchObject(denied);
  await db.pool.query('SELECT sync.grant_readers()');
  await runAs('catalog_analyst', 'SELECT FROM analytics.dim_offer');
});
