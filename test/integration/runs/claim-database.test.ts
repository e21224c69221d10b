import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { adoptApp, claimDatabase, requireSameApp } from '../../../src/runs/claim-database.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { api } from '../../support/open-ledger.ts';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase();
});
afterEach(() => db.drop());

const first = { source: 'live', appKey: '1000001' } as const;
const second = { source: 'live', appKey: '2000002' } as const;
const otherApp = { code: 'DATABASE_OTHER_APP', recovery: 'halt' };

const readIdentity = async () =>
  (await db.pool.query<Record<string, unknown>>('SELECT * FROM sync.database_identity')).rows;

describe('a live database', () => {
  it('is of the app of its first run, and refuses another', async () => {
    await requireSameApp(db.pool, second);
    await claimDatabase(db.pool, first);
    await claimDatabase(db.pool, first);
    await requireSameApp(db.pool, first);
    // The sandbox is no app's.
    await requireSameApp(db.pool, { source: 'sandbox', appKey: second.appKey });
    await expect(claimDatabase(db.pool, second)).rejects.toMatchObject(otherApp);
    await expect(requireSameApp(db.pool, second)).rejects.toMatchObject(otherApp);
    await expect(
      createRunStore({ pool: db.pool, appKey: second.appKey }).claimSource('live'),
    ).rejects.toMatchObject(otherApp);
    expect(JSON.stringify(await readIdentity())).not.toMatch(/1000001|2000002/);
  });

  it('is of one app, also when two claim it at once', async () => {
    const claims = await Promise.allSettled([first, second].map((claim) => claimDatabase(db.pool, claim)));
    expect(claims.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  const addCalls = () =>
    db.pool.query(
      `INSERT INTO usage.api_call (granted_at, app_key, api, operation, request, request_hash, lane, is_exempt, quota_period_ids,
         send_at, send_by)
       SELECT at, app, $1, 'offer.detail', '{}', '\\x01', 'manual', false, '{}', at, at
       FROM (VALUES (now() - interval '1 second', '2000002'), (now(), '1000001')) AS call (at, app)`,
      [api],
    );

  it('is of the app of its first run, whoever made calls before', async () => {
    await addCalls();
    await claimDatabase(db.pool, second);
    await expect(claimDatabase(db.pool, first)).rejects.toMatchObject(otherApp);
    await requireSameApp(db.pool, second);
    await expect(requireSameApp(db.pool, first)).rejects.toMatchObject(otherApp);
  });

  it('of before there were fingerprints is of the app of its newest call', async () => {
    await db.pool.query(`UPDATE sync.database_identity SET source = 'live'`);
    await addCalls();
    await expect(requireSameApp(db.pool, second)).rejects.toMatchObject(otherApp);
    await expect(claimDatabase(db.pool, second)).rejects.toMatchObject(otherApp);
    await claimDatabase(db.pool, first);
  });

  it('can be adopted by another app, which is recorded without any key', async () => {
    expect(await adoptApp(db.pool, second.appKey, 'command line')).toBeNull();
    await claimDatabase(db.pool, first);
    expect(await adoptApp(db.pool, first.appKey, 'command line')).toBeNull();
    const outcome = await adoptApp(db.pool, second.appKey, 'command line');
    expect(outcome).toMatch(/^app [0-9a-f]{16} replaces [0-9a-f]{16}$/);
    await requireSameApp(db.pool, second);
    await expect(requireSameApp(db.pool, first)).rejects.toMatchObject(otherApp);
    const { rows } = await db.pool.query('SELECT actor, action, subject, outcome FROM sync.operator_action');
    expect(rows).toEqual([{ actor: 'command line', action: 'adopt', subject: 'database', outcome }]);
  });
});

it('a database of the sandbox is of no app', async () => {
  await claimDatabase(db.pool, { source: 'sandbox', appKey: '1000001' });
  await claimDatabase(db.pool, { source: 'sandbox', appKey: '2000002' });
  expect(await readIdentity()).toMatchObject([{ source: 'sandbox', app_fingerprint: null }]);
  const before = await readIdentity();
  await requireSameApp(db.pool, first);
  await expect(claimDatabase(db.pool, first)).rejects.toMatchObject({ code: 'DATABASE_OTHER_SOURCE' });
  expect(await readIdentity()).toEqual(before);
});

describe('the command line', () => {
  const cwd = () =>
    createProject({ 'catalog-sync.yaml': "account: business\nfeeds: [{ name: all, categories: ['0'] }]\n" });
  const run = async (words: readonly string[], appKey: string, typed?: string) => {
    const env = {
      DATABASE_URL: db.url,
      ALIBABA_APP_KEY: appKey,
      ALIBABA_APP_SECRET: 'a-secret',
      ALIBABA_ACCESS_TOKEN: 'a-token',
    };
    const world = createWorld({ cwd: cwd(), env, ...(typed === undefined ? {} : { typed }) });
    return { code: await runCli(words, world.context), out: world.stdout.text, err: world.stderr.text };
  };

  it.each([['sync', '--yes'], ['worker'], ['serve'], ['doctor', '--yes']])(
    '%s of another app makes no call',
    async (...words) => {
      await claimDatabase(db.pool, first);
      const { code, out, err } = await run(words, second.appKey);
      expect(code).toBeGreaterThan(0);
      expect(out + err).toContain('auth adopt');
      expect(out + err).not.toContain('a-secret');
      expect((await db.pool.query('SELECT FROM usage.api_call')).rowCount).toBe(0);
      expect((await db.pool.query('SELECT FROM sync.run')).rowCount).toBe(0);
    },
  );

  it('adopts a database when the person agrees', async () => {
    await claimDatabase(db.pool, first);
    expect(await run(['auth', 'adopt'], second.appKey, 'n\n')).toMatchObject({ code: 1, out: '' });
    await requireSameApp(db.pool, first);
    expect(await run(['auth', 'adopt'], second.appKey, 'y\n')).toMatchObject({ code: 0 });
    await requireSameApp(db.pool, second);
    const again = await run(['auth', 'adopt', '--yes', '--json'], second.appKey);
    expect(JSON.parse(again.out)).toEqual({ isAdopted: false, outcome: null });
  });
});
