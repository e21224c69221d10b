import { Command } from 'commander';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkServices, type ServiceCheckOptions } from '../../../src/app/doctor/check-services.ts';
import { openSession } from '../../../src/app/session.ts';
import type { ContractReport } from '../../../src/health/contract/check-contract.ts';
import { contractQuestions } from '../../../src/health/contract/contract-questions.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';
import { until } from '../../support/until.ts';

let database: TestDatabase;
let sandbox: Sandbox;
beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startTestSandbox({ offers: 300, categories: 60 });
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});

const syncFile = 'account: business\nfeeds: [{ name: bags, keywords: [包] }]\n';

async function check(
  options: Partial<ServiceCheckOptions>,
  changed: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = { 'catalog-sync.yaml': syncFile },
) {
  const env = { ...sandboxSettings(sandbox), DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...changed };
  const { context } = createWorld({ env, cwd: createProject(files) });
  const session = openSession(new Command().setOptionValue('project', context.cwd), context, {
    logs: 'service',
  });
  const wanted = { mayCall: 'yes', probes: false, onContract: null, ...options } as const;
  const checks = await checkServices(session, session.config, wanted);
  expect(context.signals.listenerCount('SIGTERM')).toBe(0);
  return checks.map(({ name, status, message }) => `${status} ${name}: ${message}`);
}

const listCalls = async () => {
  const { rows } = await database.pool.query<{ operation: string }>(
    'SELECT operation FROM usage.api_call ORDER BY call_id',
  );
  await database.pool.query('DELETE FROM usage.api_call');
  return rows.map(({ operation }) => operation);
};

it('offline, the database and the token are checked, and no call is made', async () => {
  const checks = await check({ mayCall: 'no', probes: true });
  expect(checks).toContain('skip signed call: not made: --offline');
  expect(checks[0]).toMatch(/^ok database: DATABASE_URL/);
  expect(checks.filter((line) => line.includes(' token: '))).toHaveLength(1);
  expect(await listCalls()).toEqual([]);
});

it('a signed call proves the credentials, and leaves no connection', async () => {
  const checks = await check({});
  expect(checks.find((line) => line.includes(' signed call: '))).toMatch(/^ok /);
  expect(await listCalls()).toEqual(['category.children', 'system.time']);
  await until(async () => {
    const { rows } = await database.pool.query(
      'SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    return rows.length === 0;
  });
  const { rows } = await database.pool.query('SELECT source FROM sync.database_identity');
  expect(rows).toEqual([{ source: null }]);
});

it('a signature that is refused is the last call', async () => {
  const checks = await check({ probes: true }, { ALIBABA_APP_SECRET: 'another-secret-0815' });
  expect(checks.find((line) => line.includes(' signed call: '))).toMatch(/^fail .*GATEWAY_SIGNATURE_REFUSED/);
  expect(await listCalls()).toEqual(['category.children']);
});

it('without a sync file nothing is called, and the reason is at the signed call', async () => {
  const checks = await check({}, {}, {});
  expect(checks.find((line) => line.includes(' signed call: '))).toMatch(/^fail .*CONFIG_FILE_MISSING/);
  expect(await listCalls()).toEqual([]);
});

it('probes ask each API once; a token that is refused is the last they hear', async () => {
  const refused = await check({ probes: true }, { ALIBABA_ACCESS_TOKEN: 'another' });
  expect(refused.find((line) => line.includes(' probes: '))).toMatch(/^fail .*AUTH_TOKEN_NOT_REFRESHABLE/);
  expect(await listCalls()).toEqual(['category.children', 'system.time', 'search.keyword']);
  const checks = await check({ probes: true });
  expect(checks.filter((line) => line.includes(' probes: '))).toEqual([]);
  expect(await listCalls()).toEqual([
    ...['category.children', 'system.time'],
    ...['search.keyword', 'offer.detail', 'search.seller', 'search.image'],
  ]);
  const { rows } = await database.pool.query('SELECT source FROM sync.database_identity');
  expect(rows).toEqual([{ source: 'sandbox' }]);
});

it('the contract is asked in place of the signed call, and reported', async () => {
  const reports: ContractReport[] = [];
  const checks = await check({ onContract: (report) => void reports.push(report) });
  expect(checks.find((line) => line.includes(' contract: '))).toBeDefined();
  expect(checks.some((line) => line.includes(' signed call: '))).toBe(false);
  expect(reports).toMatchObject([{ source: 'sandbox' }]);
  expect(reports[0]?.answers).toHaveLength(contractQuestions.length);
  expect(reports[0]?.callsMade).toBe(reports[0]?.answers.filter(({ isAsked }) => isAsked).length);
  expect((await listCalls()).length).toBeGreaterThan(3);
});

it('a database that fails a check is asked for nothing more', async () => {
  const empty = await createTestDatabase({ migrated: false });
  try {
    const checks = await check({}, { DATABASE_URL: empty.url });
    expect(checks.at(-1)).toBe('skip signed call: not made: correct "database" first');
    expect(checks.some((line) => line.includes(' token: '))).toBe(false);
  } finally {
    await empty.drop();
  }
});

it('no bundled database is made to check it', async () => {
  const checks = await check({ mayCall: 'no', probes: true }, { DATABASE_URL: '' });
  expect(checks).toHaveLength(3);
  expect(checks[0]).toBe('skip database: none yet: the first sync creates the bundled one');
  expect(checks[2]).toBe('skip signed call: not made: --offline');
});

it('a database that does not answer is named', async () => {
  const checks = await check({}, { DATABASE_URL: 'postgres://127.0.0.1:9/none' });
  expect(checks[0]).toMatch(/^fail database: DATABASE_UNREACHABLE/);
});
