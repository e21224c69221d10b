import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/environment.ts';
import { createLogger } from '../../../src/core/log.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { checkGateway } from './check-gateway.ts';
import { contractCalls } from './contract-calls.ts';
import { reportDifferences, reportResult } from './contract-report.ts';
import { findAccessToken } from './find-access-token.ts';

const silent = createLogger({ level: 'silent', pretty: false });

async function checkSandbox(
  options: Parameters<typeof startTestSandbox>[0] = {},
  token: string | null = 'own',
) {
  const sandbox = await startTestSandbox(options);
  try {
    return await checkGateway({
      baseUrl: sandbox.url,
      appKey: sandbox.appKey,
      appSecret: new Secret(sandbox.appSecret),
      accessToken: token === null ? null : new Secret(sandbox.accessToken),
    });
  } finally {
    await sandbox.close();
  }
}

describe('the contract', () => {
  test('is kept by the sandbox in every field of every answer', async () => {
    const { findings, omitted, callsMade } = await checkSandbox();
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    expect(omitted).toEqual([]);
    expect(callsMade).toBe(contractCalls.length);
  });

  test('is a handful of calls', () => {
    expect(contractCalls.length).toBeLessThanOrEqual(10);
  });

  test('looks at bodies where refusals come with status 200', async () => {
    const { findings } = await checkSandbox({ errorsWithStatus200: true });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
  });

  test('without a token leaves out what needs one', async () => {
    const { omitted, callsMade } = await checkSandbox({}, null);
    expect(omitted.map(({ reason }) => reason)).toContain('no access token');
    expect(callsMade).toBe(4);
  });

  test('takes a missing grant for no difference, and what depends on it for not comparable', async () => {
    const declinedApis = ['com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1'];
    const { findings, omitted } = await checkSandbox({ declinedApis });
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    expect(omitted).toEqual([
      { call: 'keywordQuery', reason: 'refused: gw.APIACLDecline' },
      { call: 'queryProductDetail', reason: 'nothing to ask about' },
      { call: 'querySellerOfferList', reason: 'nothing to ask about' },
    ]);
  });

  test('is broken by answers that are no JSON', async () => {
    const { findings } = await checkSandbox({ faults: [{ kind: 'html' }] });
    expect(findings.some(({ found, holds }) => found === 'not JSON' && !holds)).toBe(true);
  });
});

describe('the table of differences', () => {
  const categoryApi = 'com.alibaba.product:alibaba.category.get:1';

  test('has each place where two gateways answer differently, also when both are allowed', async () => {
    const [usual, other] = await Promise.all([checkSandbox(), checkSandbox({ errorsWithStatus200: true })]);
    expect(other.findings.filter(({ holds }) => !holds)).toEqual([]);
    expect(reportDifferences(usual.findings, other.findings)).toBe(
      `call               place    sandbox  live
-----------------  -------  -------  ----
a wrong signature  #status  400      200
an unknown API     #status  400      200
a missing token    #status  401      200`,
    );
  });

  test('has what one of them breaks, which the report on it has too', async () => {
    const faults = [{ kind: 'html', api: categoryApi }] as const;
    const [usual, other] = await Promise.all([checkSandbox(), checkSandbox({ faults })]);
    const rows = reportDifferences(usual.findings, other.findings).split('\n').slice(2);
    expect(rows).toContainEqual(
      expect.stringMatching(/^category\.get, roots +categoryInfo +list +not JSON$/),
    );
    expect(rows.filter((row) => !row.startsWith('category.get, roots '))).toEqual([]);
    const report = reportResult('live', other);
    expect(report).toMatch(/^category\.get, roots +categoryInfo +list +not JSON$/m);
    expect(report).toContain(
      `${other.findings.length - rows.length} of ${other.findings.length} assertions hold`,
    );
  });

  test('says nothing of questions that were not answered: the report does', async () => {
    const [usual, other] = await Promise.all([checkSandbox(), checkSandbox({}, null)]);
    expect(reportDifferences(usual.findings, other.findings)).toBe('sandbox and live do not differ');
    expect(reportResult('live', other)).toContain('  not compared: keywordQuery (no access token)');
  });
});

describe('the token to ask with', () => {
  const key = new Secret('ab'.repeat(32));
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    const stored = { accessToken: new Secret('stored'), accessExpiresAt: null };
    const store = createTokenStore({ pool: database.pool, key, log: silent });
    await store.write('1000000', { ...stored, refreshToken: null, refreshExpiresAt: null });
  });
  afterAll(() => database.drop());

  async function find(env: Readonly<Record<string, string>>): Promise<string | undefined> {
    const config = loadConfig({ projectDir: '/nowhere', env, readFiles: false });
    return (await findAccessToken(config, '1000000', silent))?.reveal();
  }

  test('is the one in the environment, or else the stored one', async () => {
    const env = { DATABASE_URL: database.url, TOKEN_KEY: key.reveal() };
    expect(await find({ ...env, ALIBABA_ACCESS_TOKEN: 'given' })).toBe('given');
    expect(await find(env)).toBe('stored');
  });

  test('is none where nothing is stored, or no key opens it', async () => {
    expect(await find({ DATABASE_URL: database.url })).toBeUndefined();
    expect(await find({ TOKEN_KEY: key.reveal() })).toBeUndefined();
  });
});
