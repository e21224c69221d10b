import { Command } from 'commander';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkServices } from '../../../src/app/doctor/check-services.ts';
import { withApp } from '../../../src/app/run-session.ts';
import { openSession } from '../../../src/app/session.ts';
import { withAppDatabase } from '../../../src/app/with-app-database.ts';
import { withDatabase } from '../../../src/app/with-database.ts';
import { withReader } from '../../../src/app/with-reader.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

/* Each test makes the database of the project anew, but for its server. */

let sandbox: Sandbox;
let project: string;
beforeAll(async () => {
  sandbox = await startTestSandbox();
  project = createProject({
    'catalog-sync.yaml': 'account: business\nfeeds: [{ name: bags, keywords: [包] }]\n',
  });
});
afterAll(() => sandbox.close());

function open(typed?: string) {
  const env = { ...sandboxSettings(sandbox), LOG_LEVEL: 'silent' };
  const world = createWorld({ env, cwd: project, ...(typed === undefined ? {} : { typed }) });
  const command = new Command().setOptionValue('project', project);
  return { session: openSession(command, world.context, { logs: 'service' }), stderr: world.stderr };
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<object>(text)).rows;
  } finally {
    await client.end();
  }
}

/** As before the first sync. */
const empty = (url: string) =>
  query(url, 'DROP SCHEMA IF EXISTS catalog, sync, usage, raw, analytics, drizzle, bullmq CASCADE');

const isStopped = (url: string) =>
  query(url, 'SELECT 1').then(
    () => false,
    () => true,
  );

it('the checks make it after one question, and stop it', async () => {
  const { session, stderr } = open('y\n');
  const options = { mayCall: 'ask', probes: false, onContract: null } as const;
  const checks = await checkServices(session, session.config, options);
  expect(stderr.text.match(/Make two calls/g)).toHaveLength(1);
  expect(checks[0]).toMatchObject({ name: 'database', status: 'ok' });
  expect(checks[0]?.message).toMatch(/^the embedded Postgres/);
  expect(checks.find(({ name }) => name === 'signed call')).toMatchObject({ status: 'ok' });
});

it('is stopped when work over it has ended', async () => {
  const { session } = open();
  const url = await withDatabase(session, async (database) => {
    expect(database.isEmbedded).toBe(true);
    await empty(database.url);
    return database.url;
  });
  expect(await isStopped(url)).toBe(true);
});

it('is migrated for what reads and writes the data of an app', async () => {
  const found = await withAppDatabase(open().session, 'x', async ({ pool }) => {
    const { rows } = await pool.query<object>('SELECT count(*)::int AS offers FROM catalog.offer');
    return rows;
  });
  expect(found).toEqual([{ offers: 0 }]);
});

it('has a login of its own for the queries of people, which needs no warning', async () => {
  const { session, stderr } = open();
  const rows = await withReader(session, { warns: true }, (url) =>
    query(url, 'SELECT rolsuper FROM pg_roles WHERE rolname = current_user'),
  );
  expect([rows, stderr.text]).toEqual([[{ rolsuper: false }], '']);
});

it('is migrated for the whole product, and stopped after it', async () => {
  const { session } = open();
  await withDatabase(session, ({ url }) => empty(url));
  let url = '';
  await withApp(
    session,
    { sync: session.readSyncConfig() },
    async (app, _, databaseUrl) => {
      url = databaseUrl;
      expect(await app.runs.listActive()).toEqual([]);
    },
    { afterSignal: null, deadline: null },
  );
  expect(await isStopped(url)).toBe(true);
});
