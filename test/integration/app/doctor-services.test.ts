import { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkServices, type ServiceCheckOptions } from '../../../src/app/doctor/check-services.ts';
import { openSession } from '../../../src/app/session.ts';
import { Secret } from '../../../src/core/secret.ts';
import { chooseApis } from '../../../src/extract/endpoints/endpoints.ts';
import { contractQuestions } from '../../../src/health/contract/contract-questions.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { silentLog as log } from '../../support/open-ledger.ts';
import { sandboxSettings, startTestSandbox } from '../../support/sandbox.ts';

let database: TestDatabase;
let sandbox: Sandbox;
beforeAll(async () => {
  [database, sandbox] = await Promise.all([createTestDatabase(), startTestSandbox()]);
});
afterAll(async () => {
  await sandbox.close();
  await database.drop();
});
beforeEach(async () => {
  await database.pool.query('TRUNCATE sync.api_permission, sync.token, usage.api_call, usage.in_flight');
  await database.pool.query('UPDATE sync.database_identity SET source = NULL');
});

function open(changed: Readonly<Record<string, string>> = {}) {
  const env = { ...sandboxSettings(sandbox), DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...changed };
  const cwd = createProject({
    'catalog-sync.yaml': 'account: business\nfeeds: [{ name: bags, keywords: [包] }]\n',
  });
  const { context } = createWorld({ env, cwd });
  const session = openSession(new Command().setOptionValue('project', cwd), context, { logs: 'service' });
  const check = (options: Partial<ServiceCheckOptions> = {}) =>
    checkServices(session, session.config, { mayCall: 'no', probes: false, onContract: null, ...options });
  return { check, signals: context.signals };
}

const onContract = () => undefined;

describe.each([
  ['where there is no database yet', { DATABASE_URL: '' }],
  ['where there is one', {}],
])('%s', (_, env) => {
  const skipped = async (options: Partial<ServiceCheckOptions>) => {
    const checks = await open(env).check(options);
    return checks.flatMap(({ name, status, advice, message }) =>
      status === 'skip' && ['signed call', 'contract'].includes(name) ? [[name, advice ?? message]] : [],
    );
  };

  it('people are told how many calls they would have to allow', async () => {
    const ask = { mayCall: 'ask' } as const;
    const probing = (calls: number) =>
      `Add --yes to make it, and up to ${String(calls)} calls that show which APIs are granted.`;
    expect(await skipped(ask)).toEqual([['signed call', 'Add --yes to make it: two calls.']]);
    expect(await skipped({ ...ask, probes: true })).toEqual([['signed call', probing(5)]]);
    expect(await skipped({ ...ask, onContract })).toEqual([
      ['contract', `Add --yes to make up to ${String(contractQuestions.length)} calls.`],
    ]);
  });

  it('the check that is not made has its name', async () => {
    expect(await skipped({})).toEqual([['signed call', 'not made: --offline']]);
    expect(await skipped({ onContract })).toEqual([['contract', 'not made: --offline']]);
  });
});

it('what is known to be allowed is not probed', async () => {
  await database.pool.query(
    "INSERT INTO sync.api_permission (app_key, api, observed) VALUES ($1, $2, 'allowed')",
    [sandbox.appKey, chooseApis({})['offer.detail']],
  );
  const checks = await open().check({ mayCall: 'ask', probes: true });
  expect(checks.find(({ name }) => name === 'signed call')?.advice).toContain('up to 4 calls');
});

it('a stored token is seen with its key', async () => {
  const key = '0f'.repeat(32);
  await createTokenStore({ pool: database.pool, key: new Secret(key), log }).write(sandbox.appKey, {
    ...{ accessToken: new Secret('token'), accessExpiresAt: null },
    ...{ refreshToken: null, refreshExpiresAt: null },
  });
  const tokenOf = async (env: Readonly<Record<string, string>>) => {
    const checks = await open({ ALIBABA_ACCESS_TOKEN: '', ...env }).check();
    return checks.filter(({ name }) => name === 'token').map(({ status }) => status);
  };
  expect(await tokenOf({ TOKEN_KEY: key })).toEqual(['ok']);
  expect(await tokenOf({})).toEqual(['warn']);
});

it('a signal ends the checks', async () => {
  const { check, signals } = open();
  const checking = check();
  signals.emit('SIGTERM');
  await expect(checking).rejects.toMatchObject({ code: 'INTERRUPTED' });
});

it('a database that may not be opened is named', async () => {
  const checks = await open({ DATABASE_URL: 'postgres://u:p@db.example/none' }).check();
  expect(checks).toMatchObject([{ name: 'database', status: 'fail' }]);
  expect(checks[0]?.message).toMatch(/^CONNECTION_NOT_ENCRYPTED/);
});

const listCalls = async () =>
  (await database.pool.query<{ operation: string }>('SELECT operation FROM usage.api_call')).rows.map(
    ({ operation }) => operation,
  );

async function messageOf(name: string, options: Partial<ServiceCheckOptions>): Promise<string | undefined> {
  const checks = await open().check({ mayCall: 'yes', ...options });
  return checks.find((check) => check.name === name)?.message;
}

it('on a database of real offers, nothing is asked of the sandbox', async () => {
  await database.pool.query("UPDATE sync.database_identity SET source = 'live'");
  expect(await messageOf('signed call', { probes: true })).toBe('not made: correct "data" first');
  expect(await listCalls()).toEqual([]);
});

describe('on a database that can not become one of its source, the sandbox', () => {
  beforeAll(() =>
    database.pool.query(`
      CREATE FUNCTION public.refuse_claim() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE insufficient_privilege; END $$;
      CREATE TRIGGER refuse_claim BEFORE UPDATE OF source ON sync.database_identity
        FOR EACH ROW WHEN (NEW.source IS NOT NULL) EXECUTE FUNCTION public.refuse_claim()`),
  );
  afterAll(() => database.pool.query('DROP TRIGGER refuse_claim ON sync.database_identity'));

  it('is not probed', async () => {
    expect(await messageOf('probes', { probes: true })).toBe(
      'DATABASE_REFUSED: the login lacks a privilege that the statement needs',
    );
    expect((await listCalls()).toSorted()).toEqual(['category.children', 'system.time']);
  });

  it('is not asked the questions of the contract', async () => {
    expect(await messageOf('contract', { onContract })).toBe(
      'DATABASE_REFUSED: the login lacks a privilege that the statement needs',
    );
    expect(await listCalls()).toEqual([]);
  });
});
