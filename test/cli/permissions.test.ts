import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { runCli } from '../../src/cli/main.ts';
import { assessApi, assessApplication } from '../../src/cli/permissions/assess-permission.ts';
import { businessDaysSince, shanghaiDay, startOfShanghaiDay } from '../../src/core/shanghai-time.ts';
import type { ApiPermission } from '../../src/model/permission.ts';
import { approvedCalls } from '../../src/plan/approved-calls.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createProject, createWorld } from './in-process.ts';

const at = (time: string) => new Date(time);
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';

describe('business days', () => {
  // 2026-11-20 is a Friday.
  it.each([
    ['2026-11-20T09:00:00+08:00', '2026-11-20T23:59:59+08:00', 0],
    ['2026-11-20T09:00:00+08:00', '2026-11-22T23:59:59+08:00', 0],
    ['2026-11-20T09:00:00+08:00', '2026-11-23T00:00:00+08:00', 1],
    ['2026-11-20T09:00:00+08:00', '2026-11-22T16:00:00Z', 1],
    ['2026-11-20T09:00:00+08:00', '2026-11-27T12:00:00+08:00', 5],
    ['2026-11-21T09:00:00+08:00', '2026-11-23T12:00:00+08:00', 1],
    ['2026-12-30T09:00:00+08:00', '2027-01-04T12:00:00+08:00', 3],
  ])('from %s to %s are %i', (since, now, days) => {
    expect(businessDaysSince(at(since), at(now))).toBe(days);
  });

  it('begin at midnight in Shanghai', () => {
    expect(startOfShanghaiDay('2026-11-20')).toEqual(at('2026-11-19T16:00:00Z'));
    expect(shanghaiDay(at('2026-11-19T16:00:00Z'))).toBe('2026-11-20');
    expect(['2026-02-30', '2026-13-01', '20.11.2026', ''].map(startOfShanghaiDay)).toEqual([
      ...[null, null, null, null],
    ]);
  });
});

describe('advice on an API', () => {
  const friday = at('2026-11-20T00:00:00+08:00');
  const unknown: ApiPermission = {
    ...{ api: searchApi, declared: 'not_applied', declaredAt: null },
    ...{ observed: 'unknown', observedAt: null, observedCallId: null },
    ...{ approvedDaily: null, approvedMonthly: null },
  };
  const advise = (changed: Partial<ApiPermission>, now = '2026-11-23T12:00:00+08:00', isHeld = true) =>
    assessApi(
      { ...unknown, ...changed },
      { operation: 'search.keyword', name: 'product.search.keywordQuery', isHeld, now: at(now) },
    );

  it.each([
    ['declared granted, but declined', { declared: 'granted', observed: 'denied' }, /Contradiction/],
    ['declared pending, but answered', { declared: 'pending', observed: 'allowed' }, /Contradiction/],
    ['declared rejected, but answered', { declared: 'rejected', observed: 'allowed' }, /Contradiction/],
    ['of no such name', { declared: 'granted', observed: 'unsupported' }, /knows no API/],
    ['used up', { declared: 'granted', observed: 'exhausted' }, /permissions resume search.keyword/],
  ] as const)('%s, needs attention', (_, changed, text) => {
    const advice = advise({ ...changed, declaredAt: friday });
    expect(advice).toMatchObject({ needsAttention: true });
    expect(advice?.text).toMatch(text);
  });

  it('says what to apply for when it was declined and nothing is declared', () => {
    expect(advise({ observed: 'denied' })).toMatchObject({ needsAttention: true });
    expect(advise({ observed: 'denied' })?.text).toContain('Apply for product.search.keywordQuery');
  });

  it.each(['pending', 'under_review'] as const)(
    'says when %s takes longer than three business days',
    (declared) => {
      for (const observed of ['unknown', 'denied'] as const) {
        const review = { declared, observed, declaredAt: friday };
        expect(advise(review, '2026-11-25T23:00:00+08:00')).toMatchObject({ needsAttention: false });
        expect(advise(review, '2026-11-26T00:00:00+08:00')).toMatchObject({ needsAttention: true });
        expect(advise(review, '2026-11-26T00:00:00+08:00')?.text).toMatch(
          /Overdue: .* 4 business days.*holidays/,
        );
      }
    },
  );

  it('has none where all is well', () => {
    expect(advise({ observed: 'allowed' })).toBeNull();
    expect(advise({ observed: 'allowed', declared: 'granted', declaredAt: friday })).toBeNull();
  });

  it('waits for the next run when a grant was declared after a refusal', () => {
    const granted = { declared: 'granted', observed: 'denied', declaredAt: friday } as const;
    expect(advise(granted, undefined, false)).toMatchObject({ needsAttention: false });
  });

  it('exists for the application, too', () => {
    const application = {
      declared: 'under_review',
      declaredAt: friday,
      observedAt: null,
      observedCallId: null,
    } as const;
    const now = at('2026-11-27T00:00:00+08:00');
    expect(assessApplication({ ...application, observed: 'unknown' }, now)?.text).toMatch(/Overdue/);
    expect(assessApplication({ ...application, observed: 'allowed' }, now)?.text).toMatch(/Contradiction/);
    expect(assessApplication({ ...application, observed: 'denied' }, now)?.text).toMatch(/App Key/);
  });
});

test('what the sync file says of approved calls wins, number by number', () => {
  const declared = { approvedDaily: 500, approvedMonthly: 15_000 };
  expect(approvedCalls(undefined, declared)).toEqual({ daily: 500, monthly: 15_000 });
  expect(approvedCalls({ daily: 800, monthly: null }, declared)).toEqual({ daily: 800, monthly: 15_000 });
  expect(approvedCalls(undefined, undefined)).toEqual({ daily: null, monthly: null });
});

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
      `SELECT window_kind, call_limit, source FROM usage.quota_limit WHERE api = $1 AND valid_to IS NULL ORDER BY 1`,
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
      { window_kind: 'day', call_limit: 700, source: 'configured' },
      { window_kind: 'month', call_limit: 15_000, source: 'configured' },
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
    expect(await run('app --state under_review --on 2025-11-20'.split(' '))).toMatchObject({ exitCode: 0 });
    expect((await run([])).out).toMatch(/^\(application\) +under_review 审核中 2025-11-20/m);
    expect((await run([])).out).toMatch(/^! application: Overdue/m);
  });

  it('ends a hold by hand', async () => {
    await database.pool.query(
      `INSERT INTO usage.api_hold (api, code, held_at, probe_after) VALUES ($1, 'gw.APIACLDecline', now(), '2100-01-01')`,
      [searchApi],
    );
    expect((await run([])).out).toMatch(/from 2100-01-01$/m);
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
