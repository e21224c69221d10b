import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';

describe('catalog-sync permissions', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());
  beforeEach(async () => {
    await database.pool.query(
      'TRUNCATE sync.api_permission, sync.application, usage.api_hold, usage.quota_limit',
    );
  });

  async function run(args: readonly string[], files: Readonly<Record<string, string>> = {}, columns = 200) {
    const env = { DATABASE_URL: database.url, ALIBABA_APP_KEY: '1234567' };
    const { context, stdout, stderr } = createWorld({ env, cwd: createProject(files), columns });
    const exitCode = await runCli(['permissions', ...args], context);
    return { exitCode, out: stdout.text, err: stderr.text };
  }
  const limits = async () => {
    const { rows } = await database.pool.query(
      `SELECT period_kind, call_limit, source FROM usage.quota_limit WHERE api = $1 AND valid_to IS NULL ORDER BY 1`,
      [searchApi],
    );
    return rows as unknown;
  };

  it('lists every API with its real name and what guides call it', async () => {
    const { exitCode, out } = await run([]);
    expect(exitCode).toBe(0);
    expect(out).toMatch(
      /^search.keyword +product.search.keywordQuery +alibaba.cross.search +unknown +preset$/m,
    );
    expect(out).toContain('alibaba.cross.image.query');
    expect(out).toContain('alibaba.category.get');
    const report = JSON.parse((await run(['--json'])).out) as { apis: { api: string }[] };
    expect(report.apis).toContainEqual(
      expect.objectContaining({
        ...{ operation: 'search.keyword', api: searchApi, declared: 'not_applied', observed: 'unknown' },
        ...{ guideNames: ['alibaba.cross.search', 'alibaba.product.search'], isHeld: false },
      }),
    );
  });

  it('spells commands as they can be typed, but not in data', async () => {
    const command = 'node bin/catalog-sync.js';
    const env = { DATABASE_URL: database.url, ALIBABA_APP_KEY: '1234567' };
    await database.pool.query(
      `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ('1234567', $1, 'denied')`,
      [searchApi],
    );
    const outOf = async (...args: string[]) => {
      const { context, stdout } = createWorld({ env, command });
      await runCli(['permissions', ...args], context);
      return stdout.text;
    };
    expect(await outOf()).toContain(`\`${command} permissions set search.keyword --state pending\``);
    expect(await outOf('--json')).toContain('`catalog-sync permissions set search.keyword --state pending`');
  });

  it.each([80, 120])('fits a terminal of %i columns', async (columns) => {
    await database.pool.query(
      `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ('1234567', $1, 'denied')`,
      [searchApi],
    );
    const { out } = await run([], {}, columns);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(out).toMatch(/^search.keyword +product.search.keywordQuery\n +guides say alibaba.cross.search$/m);
    expect(out).toMatch(/^! search.keyword: Apply for product.search.keywordQuery/m);
    expect(out).toMatch(/^- unknown: .*doctor --probe/ms);
  });

  it('makes approved volumes limits at once', async () => {
    const set = 'set search.keyword --state granted --on 2025-11-20 --daily 700 --monthly 15000'.split(' ');
    expect(await run(set)).toMatchObject({ exitCode: 0 });
    expect(await limits()).toEqual([
      { period_kind: 'day', call_limit: 700, source: 'configured' },
      { period_kind: 'month', call_limit: 15_000, source: 'configured' },
    ]);
    expect((await run([])).out).toMatch(/granted 已通过 2025-11-20 +unknown +700 \/ 15,000/);
  });

  it('lets the sync file win, and says so', async () => {
    const file = `
account: personal
feeds:
  - { name: bags, keywords: ["包"] }
quotas:
  approved:
    search.keyword: { daily: 300 }
`;
    const { err } = await run(
      'set alibaba.cross.search --state 已通过 --daily 700 --monthly 9000'.split(' '),
      { 'catalog-sync.yaml': file },
    );
    expect(err).toContain('Limit of the API: 300 a day, 9000 a month.');
    expect(err).toContain('catalog-sync.yaml says other numbers, and wins');
    expect(await limits()).toMatchObject([{ call_limit: 300 }, { call_limit: 9_000 }]);
  });

  const declared = 'search.keyword is declared granted since 2025-11-20.';
  const wins = 'quotas.approved of catalog-sync.yaml says other numbers, and wins.';
  it.each([
    ['--daily 700', null, [declared, 'Limit of the API: 700 a day.']],
    ['--monthly 9000', null, [declared, 'Limit of the API: 9000 a month.']],
    ['', null, [declared]],
    ['--daily 300', '{ daily: 300 }', [declared, 'Limit of the API: 300 a day.']],
    ['--monthly 9000', '{ daily: 300 }', [declared, 'Limit of the API: 300 a day, 9000 a month.']],
    ['--monthly 9000', '{ monthly: 800 }', [declared, 'Limit of the API: 800 a month.', wins]],
    [
      '--daily 700',
      '{ daily: 300, monthly: 800 }',
      [declared, 'Limit of the API: 300 a day, 800 a month.', wins],
    ],
    ['', '{ daily: 300 }', [declared, 'Limit of the API: 300 a day.']],
  ])('says what follows from volumes "%s" where the file has %s', async (flags, inFile, said) => {
    const file = 'account: personal\nfeeds: [{ name: bags, keywords: [包] }]\n';
    const quotas = inFile === null ? '' : `quotas: { approved: { search.keyword: ${inFile} } }\n`;
    const set = `set search.keyword --state granted --on 2025-11-20 ${flags}`.trim().split(' ');
    const { exitCode, err } = await run(set, { 'catalog-sync.yaml': file + quotas });
    expect({ exitCode, lines: err.trim().split('\n') }).toEqual({ exitCode: 0, lines: said });
  });

  it.each(['set search.keyword', 'app'])(
    'declares by "%s" what is so from today on, where no day is given',
    async (what) => {
      const declare = (...flags: string[]) => run([...what.split(' '), '--state', 'pending', ...flags]);
      const { err } = await declare();
      const [, today = ''] = /since (\d{4}-\d{2}-\d{2})\.$/m.exec(err) ?? [];
      expect(await declare('--on', today)).toEqual({ exitCode: 0, out: '', err });
      expect(await declare('--on', '2999-01-01')).toMatchObject({
        exitCode: 2,
        err: expect.stringContaining('error: --on is a day that has not come yet') as string,
      });
    },
  );

  it('is about the APIs that the sync file chooses', async () => {
    const file = `
account: personal
feeds:
  - { name: bags, keywords: ["包"] }
apis:
  category.children: category.translation.getById
`;
    const { out } = await run([], { 'catalog-sync.yaml': file });
    expect(out).toMatch(/^category.children +category.translation.getById /m);
  });

  it('keeps the state of the application', async () => {
    expect(await run('app --state under_review --on 2025-11-20'.split(' '))).toEqual({
      ...{ exitCode: 0, out: '', err: 'The application is declared under_review since 2025-11-20.\n' },
    });
    expect((await run([])).out).toMatch(/^\(application\) +under_review 审核中 2025-11-20/m);
    expect((await run([])).out).toMatch(/^! application: Overdue/m);
  });

  it('ends a hold by hand', async () => {
    await database.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, probe_after) VALUES ($1, 'gw.APIACLDecline', now(), '2100-01-01 00:00Z')`,
      [searchApi],
    );
    expect((await run([])).out).toMatch(/from 2100-01-01 08:00$/m);
    expect((await run(['resume', 'search.keyword'])).err).toBe('search.keyword is no longer held.\n');
    expect((await run(['resume', 'search.keyword'])).err).toBe('search.keyword was not held.\n');
  });

  it.each([
    ['an unknown API', ['set', 'search.everything', '--state', 'granted']],
    ['an unknown state', ['set', 'search.keyword', '--state', 'maybe']],
    ['a day that is none', ['app', '--state', 'pending', '--on', '2026-02-30']],
    ['a day that has not come', ['app', '--state', 'pending', '--on', '2999-01-01']],
    ['volumes of what is not granted', ['set', 'search.keyword', '--state', 'pending', '--daily', '5']],
  ])('refuses %s', async (_, args) => {
    expect(await run(args)).toMatchObject({ exitCode: 2, out: '' });
    const { rows } = await database.pool.query(
      'SELECT FROM sync.api_permission UNION ALL SELECT FROM sync.application',
    );
    expect(rows).toEqual([]);
  });

  it('needs to know whose permissions they are', async () => {
    const { context, stderr } = createWorld({ env: { DATABASE_URL: database.url } });
    expect(await runCli(['permissions'], context)).toBe(4);
    expect(stderr.text).toContain('error CREDENTIALS_MISSING: ALIBABA_APP_KEY is not set');
  });
});
