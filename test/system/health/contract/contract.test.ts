import { createServer } from 'node:http';
import { readFileSync, statSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../../src/cli/main.ts';
import type { ContractReport } from '../../../../src/health/contract/check-contract.ts';
import { contractQuestions } from '../../../../src/health/contract/contract-questions.ts';
import { createQuotaStore } from '../../../../src/ledger/quota-store.ts';
import type { Sandbox } from '../../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { readText } from '../../../support/doc-files.ts';
import { createProject, createWorld } from '../../../support/in-process.ts';
import { sandboxSettings, startTestSandbox } from '../../../support/sandbox.ts';

const planted = {
  appKey: '87654321',
  appSecret: 'zq-app-secret-7701',
  accessToken: 'zq-access-token-7702',
} as const;
const syncText = 'account: personal\nfeeds: [{ name: bags, keywords: [包] }]\nquotas: { per_second: 1000 }\n';

let database: TestDatabase;
let sandbox: Sandbox;
beforeEach(async () => {
  database = await createTestDatabase();
  sandbox = await startTestSandbox(planted);
});
afterEach(async () => {
  await sandbox.close();
  await database.drop();
});

async function restart(options: Parameters<typeof startTestSandbox>[0]): Promise<void> {
  await sandbox.close();
  sandbox = await startTestSandbox({ ...planted, ...options });
}

/** Runs `doctor --contract`; `report` is the file that it wrote. */
async function doctor(
  args: readonly string[],
  { env = {}, typed }: { env?: Record<string, string>; typed?: string } = {},
) {
  const cwd = createProject({ 'catalog-sync.yaml': syncText });
  const settings = { ...sandboxSettings(sandbox), DATABASE_URL: database.url, ...env };
  const world = createWorld({ env: settings, cwd, ...(typed === undefined ? {} : { typed }) });
  const exitCode = await runCli(['doctor', '--contract', ...args], world.context);
  const file = join(cwd, 'contract-report.json');
  const text = exitCode === 2 || world.stdout.text.includes('not made') ? '' : readFileSync(file, 'utf8');
  const report = text === '' ? null : (JSON.parse(text) as ContractReport);
  return { exitCode, file, text, report, out: world.stdout.text, err: world.stderr.text };
}

async function listArrivals(): Promise<{ requestId: string; api: string }[]> {
  const stats = await fetch(`${sandbox.controlUrl}/stats`);
  return ((await stats.json()) as { calls: { requestId: string; api: string }[] }).calls;
}

async function query<T extends object>(text: string): Promise<T[]> {
  return (await database.pool.query<T>(text)).rows;
}

const otherFindings = (report: ContractReport | null) =>
  (report?.answers ?? []).flatMap(({ findings }) => findings.filter(({ isAsAssumed }) => !isAsAssumed));
const reasonsOf = (report: ContractReport | null) =>
  Object.fromEntries((report?.answers ?? []).map(({ question, reason }) => [question, reason]));

describe('the contract', () => {
  test('is kept by the sandbox, and each question is one arrival and one row of the ledger', async () => {
    const { exitCode, report, out, file } = await doctor(['--yes']);
    expect(exitCode, out).toBe(0);
    expect(otherFindings(report)).toEqual([]);
    expect(Object.values(reasonsOf(report))).toEqual(contractQuestions.map(() => null));
    expect(report).toMatchObject({ source: 'sandbox', callsMade: 10 });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const arrivals = await listArrivals();
    const calls = await query<{ id: string; lane: string; state: string }>(
      'SELECT call_id::text AS id, lane, state FROM usage.api_call ORDER BY call_id',
    );
    expect(arrivals).toHaveLength(10);
    expect(calls.map(({ id }) => id)).toEqual(arrivals.map(({ requestId }) => requestId));
    expect(new Set(calls.map(({ lane, state }) => `${lane} ${state}`))).toEqual(
      new Set(['manual committed']),
    );
    expect(await query('SELECT 1 FROM raw.payload WHERE loaded_at IS NULL')).toEqual([]);
  });

  test('holds no API by what it asks wrongly on purpose, so that it can be asked again', async () => {
    await doctor(['--yes']);
    expect(await query('SELECT api FROM usage.api_hold')).toEqual([]);
    const unknown = await query("SELECT 1 FROM sync.api_permission WHERE observed <> 'allowed'");
    expect(unknown).toEqual([]);
    expect((await doctor(['--yes'])).report?.callsMade).toBe(10);
  });

  test('names rows that docs/1688.md has', () => {
    const cells = readText('docs/1688.md')
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => (line.split(' | ')[0] ?? '').slice(2).trim());
    expect(contractQuestions.filter(({ assumes }) => !cells.includes(assumes))).toEqual([]);
    expect(contractQuestions.length).toBeLessThanOrEqual(10);
  });

  test('takes refusals with status 200', async () => {
    await restart({ errorsWithStatus200: true });
    const { exitCode, report } = await doctor(['--yes']);
    expect({ exitCode, others: otherFindings(report) }).toEqual({ exitCode: 0, others: [] });
  });

  test('that is broken exits with 1 and names the place, the row and what it changes', async () => {
    await restart({ faults: [{ kind: 'html', api: 'com.alibaba.product:alibaba.category.get:1' }] });
    const { exitCode, report, out } = await doctor(['--yes']);
    expect(exitCode).toBe(1);
    expect(otherFindings(report)).toContainEqual(
      expect.objectContaining({
        place: 'categoryInfo',
        assumed: 'list',
        came: 'not JSON',
        isAsAssumed: false,
      }),
    );
    expect(out).toMatch(/^category\.get, roots +categoryInfo +list +not JSON \(\d\)$/m);
    expect(out.replace(/\s+/g, ' ')).toContain('category.get, roots: Category feeds read these places');
    expect(out).toMatch(/^fail +contract: \d+ of 10 questions compared/m);
    expect(out).toContain('Next: read contract-report.json');
  });
});

describe('the questions', () => {
  test('end where the calls end, and the report says which were not asked, and why', async () => {
    const limit = { appKey: planted.appKey, api: '*', period: 'day', callLimit: 5 } as const;
    await createQuotaStore({ pool: database.pool }).setLimit(limit);
    const { exitCode, report, out } = await doctor(['--yes']);
    expect(exitCode, out).toBe(0);
    expect(await listArrivals()).toHaveLength(5);
    expect(await query('SELECT 1 FROM usage.api_call')).toHaveLength(5);
    expect(report?.callsMade).toBe(5);
    expect(report?.answers.map(({ isAsked }) => isAsked)).toEqual([
      ...[true, true, true, true, true],
      ...[false, false, false, false, false],
    ]);
    expect(reasonsOf(report)).toMatchObject({
      'category.translation.getById, roots': null,
      keywordQuery: 'not called: its calls of the day are used up',
      queryProductDetail: 'not called: no earlier answer names one',
      'image.upload': 'not called: its calls of the day are used up',
    });
    expect(out).toMatch(/^keywordQuery +not called: its calls of the day are used up$/m);
    expect(out).toMatch(/^warn +contract: 5 of 10 questions compared/m);
  });

  test('without a token leave out what needs one', async () => {
    const { report, exitCode } = await doctor(['--yes'], { env: { ALIBABA_ACCESS_TOKEN: '' } });
    expect({ exitCode, callsMade: report?.callsMade }).toEqual({ exitCode: 0, callsMade: 4 });
    expect(reasonsOf(report)).toMatchObject({ keywordQuery: 'not called: AUTH_TOKEN_MISSING' });
  });

  test('with a refused token spend one call on it', async () => {
    const { report } = await doctor(['--yes'], { env: { ALIBABA_ACCESS_TOKEN: 'another' } });
    expect(report?.callsMade).toBe(5);
    expect(reasonsOf(report)).toMatchObject({
      'category.translation.getById, roots': 'refused: GATEWAY_TOKEN_INVALID (401)',
      keywordQuery: 'not called: after GATEWAY_TOKEN_INVALID',
    });
  });

  test('take a missing grant for no difference, and what depends on it for not comparable', async () => {
    await restart({ declinedApis: ['com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1'] });
    const { exitCode, report } = await doctor(['--yes']);
    expect({ exitCode, others: otherFindings(report) }).toEqual({ exitCode: 0, others: [] });
    expect(reasonsOf(report)).toMatchObject({
      keywordQuery: 'refused: GATEWAY_NO_GRANT (gw.APIACLDecline)',
      querySellerOfferList: 'not called: no earlier answer names one',
      'image.upload': null,
    });
  });

  test('end at a wrong App Secret, and exit with 4', async () => {
    const { exitCode, report } = await doctor(['--yes'], { env: { ALIBABA_APP_SECRET: 'wrong-secret' } });
    expect({ exitCode, callsMade: report?.callsMade }).toEqual({ exitCode: 4, callsMade: 4 });
    expect(reasonsOf(report)['image.upload']).toBe('not called: after GATEWAY_SIGNATURE_REFUSED');
  });

  test('are asked only with consent', async () => {
    const alone = await doctor([]);
    expect(alone.out).toContain('Add --yes to make up to 10 calls.');
    const refused = await doctor([], { typed: 'n\n' });
    expect(refused.err).toContain('Make up to 10 calls to the gateway, three of them wrong on purpose');
    expect(refused.out).toContain('not made: you answered no');
    expect(await listArrivals()).toEqual([]);
    expect((await doctor([], { typed: 'y\n' })).report?.callsMade).toBe(10);
  });
});

describe('the report', () => {
  /** Every text and id at these keys of the stored answers. */
  async function listStoredTexts(): Promise<string[]> {
    const rows = await query<{ body: Buffer }>('SELECT body FROM raw.payload');
    const keys = 'subject|subjectTrans|offerId|sellerOpenId|companyName|imageUrl|chineseName|translatedName';
    const wanted = new RegExp(`"(?:${keys})":"?([^",}]{4,})`, 'g');
    return rows.flatMap(({ body }) =>
      [...gunzipSync(body).toString('utf8').matchAll(wanted)].map(([, text = '']) => text),
    );
  }

  test('has no key, secret, token, seller, offer or title, in the file and on the terminal', async () => {
    for (const args of [['--yes'], ['--yes', '--json']]) {
      const { text, out, err } = await doctor(args);
      const texts = await listStoredTexts();
      expect(new Set(texts).size).toBeGreaterThan(20);
      const written = `${text}\n${out}\n${err}`;
      expect([...Object.values(planted), ...texts].filter((secret) => written.includes(secret))).toEqual([]);
    }
  });

  test('repeats nothing that a gateway says in place of a code', async () => {
    const body = JSON.stringify({
      error_code: planted.accessToken,
      error_message: `key ${planted.appKey}`,
      exception: '王芳的店铺',
    });
    const server = createServer((_request, response) => response.writeHead(400).end(body));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { text, out, err, exitCode } = await doctor(['--yes'], {
        env: { ALIBABA_API_URL: `http://127.0.0.1:${String(port)}/openapi` },
      });
      expect(exitCode).toBe(1);
      expect(text).toContain('text, but no code of the gateway');
      const written = `${text}\n${out}\n${err}`;
      expect([...Object.values(planted), '王芳'].filter((secret) => written.includes(secret))).toEqual([]);
    } finally {
      server.close();
    }
  });
});
