import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chooseProbes } from '../../../../src/health/doctor/choose-probes.ts';
import { probeApis } from '../../../../src/health/doctor/probe-apis.ts';
import { runCli } from '../../../../src/cli/main.ts';
import { describeApis } from '../../../../src/health/permissions/list-permissions.ts';
import { AppError } from '../../../../src/core/errors.ts';
import { apiOf, endpoints } from '../../../../src/extract/endpoints/endpoints.ts';
import { extractErrors } from '../../../../src/extract/errors.ts';
import type { GatewayAnswer } from '../../../../src/model/gateway.ts';
import { apiOperations, type ApiOperation } from '../../../../src/model/known-apis.ts';
import type { CatalogRequest } from '../../../../src/model/operation.ts';
import type { ObservedState } from '../../../../src/model/permission.ts';
import { parseSyncFile } from '../../../../src/config/parse-sync-file.ts';
import type { Sandbox } from '../../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { startTestSandbox } from '../../../support/sandbox.ts';
import { createProject, createWorld } from '../../../support/in-process.ts';

const syncText = 'account: personal\nfeeds: [{ name: bags, keywords: [包] }]\n';
const sync = parseSyncFile(syncText, 'test');
const now = new Date('2026-11-25T00:00:00Z');
const later = new Date('2026-11-25T16:00:00Z');
const probed = ['category.children', 'search.keyword', 'offer.detail', 'search.seller', 'search.image'];

describe('the choice of probes', () => {
  const rowsOf = (observed: Partial<Record<ApiOperation, ObservedState>>, probeAfter?: Date | null) => {
    const known = apiOperations.map((operation) => ({
      ...{ api: apiOf(endpoints[operation]), observed: observed[operation] ?? 'unknown' },
      ...({ observedAt: null, observedCallId: null, declared: 'not_applied', declaredAt: null } as const),
      ...{ approvedDaily: null, approvedMonthly: null },
    }));
    const api = apiOf(endpoints['offer.detail']);
    const hold = { api, code: 'gw.APIACLDecline', heldAt: now, heldUntil: null, reason: null };
    const holds = probeAfter === undefined ? [] : [{ ...hold, probeAfter }];
    return describeApis({ known, holds, sync, now });
  };

  test('has each API but the upload, where nothing is known', () => {
    expect(chooseProbes(rowsOf({}))).toEqual(probed);
  });

  test('leaves out what is known to be allowed', () => {
    expect(chooseProbes(rowsOf({ 'search.keyword': 'allowed', 'search.image': 'allowed' }))).toEqual([
      ...['category.children', 'offer.detail', 'search.seller'],
    ]);
  });

  test.each([
    ['after a refusal', later, true],
    ['by hand', null, false],
  ])('of an API that is held %s asks %s: %s', (...[, probeAfter, isAsked]) => {
    const chosen = chooseProbes(rowsOf({ 'offer.detail': 'denied' }, probeAfter));
    expect(chosen.includes('offer.detail')).toBe(isAsked);
  });
});

describe('a probe', () => {
  const nothing = { offerId: null, sellerId: null, imageUrl: null };
  const known = { offerId: '1', sellerId: 's', imageUrl: 'https://cbu01.alicdn.com/1.jpg' };

  /** Probes all of them at a gateway with given answers. */
  async function probe(answer: (request: CatalogRequest) => Promise<GatewayAnswer>, subjects = known) {
    const asked: CatalogRequest[] = [];
    const gateway = {
      call: (request: CatalogRequest) => {
        asked.push(request);
        return answer(request);
      },
    };
    const raw = { keepOut: () => Promise.resolve() };
    const result = await probeApis(
      { gateway, raw, sync, subjects },
      chooseProbes(
        describeApis({
          known: [],
          holds: [],
          sync,
          now,
        }),
      ),
    );
    return { ...result, asked };
  }
  const refuse = (kind: (typeof extractErrors)[keyof typeof extractErrors]) => () =>
    Promise.reject(new AppError(kind, 'said no'));

  test('asks for the least: one row a search', async () => {
    const { asked } = await probe(refuse(extractErrors.GATEWAY_NO_GRANT));
    expect(asked.map(({ operation }) => operation)).toEqual(probed);
    expect(asked.flatMap((request) => ('pageSize' in request ? [request.pageSize] : []))).toEqual([1, 1, 1]);
    expect(asked[0]).toEqual({ operation: 'category.children', categoryId: '0' });
  });

  test('is not made where there is nothing to ask about', async () => {
    const { asked, notes } = await probe(refuse(extractErrors.GATEWAY_NO_GRANT), nothing as never);
    expect(asked).toHaveLength(2);
    expect([...notes.keys()]).toEqual(['offer.detail', 'search.seller', 'search.image']);
    expect(notes.get('offer.detail')).toBe('not called: no offer is known before the first sync');
  });

  test('that the ledger does not let through says why', async () => {
    const { notes } = await probe(({ operation }) => {
      const by = operation === 'offer.detail' ? 'hold' : operation === 'search.seller' ? 'second' : 'day';
      return Promise.resolve({ kind: 'waiting', by, retryAfterMs: by === 'second' ? 1 : null });
    });
    expect(notes.get('search.keyword')).toContain('calls of the day are used up');
    expect(notes.get('offer.detail')).toContain('held');
    expect(notes.get('search.seller')).toContain('try again');
  });

  test('whose refusal concerns all APIs is the last one', async () => {
    const { asked, halted } = await probe(refuse(extractErrors.GATEWAY_TOKEN_INVALID));
    expect(asked).toHaveLength(1);
    expect(halted?.code).toBe('GATEWAY_TOKEN_INVALID');
  });

  test('without a token is not made, and the others are', async () => {
    const { notes, halted } = await probe(refuse(extractErrors.AUTH_TOKEN_MISSING));
    expect(halted).toBeNull();
    expect(notes.get('search.image')).toBe('not called: there is no access token');
  });

  test('that decides nothing is reported, and the next one is made', async () => {
    const { asked, notes } = await probe(refuse(extractErrors.GATEWAY_UNAVAILABLE));
    expect(asked).toHaveLength(5);
    expect(notes.get('offer.detail')).toBe('asked, but GATEWAY_UNAVAILABLE: said no');
  });
});

describe('doctor --probe', () => {
  let database: TestDatabase;
  let sandbox: Sandbox;
  beforeEach(async () => {
    [database, sandbox] = [
      await createTestDatabase(),
      await startTestSandbox({ offers: 300, categories: 60 }),
    ];
  });
  afterEach(async () => {
    await sandbox.close();
    await database.drop();
  });

  async function doctor(
    args: readonly string[],
    world: { typed?: string; token?: string; secret?: string } = {},
  ) {
    const env = {
      ...{ ALIBABA_API_URL: sandbox.url, DATABASE_URL: database.url },
      ...{ ALIBABA_APP_KEY: sandbox.appKey, ALIBABA_APP_SECRET: world.secret ?? sandbox.appSecret },
      ALIBABA_ACCESS_TOKEN: world.token ?? sandbox.accessToken,
    };
    const typed = world.typed === undefined ? {} : { typed: world.typed };
    const cwd = createProject({ 'catalog-sync.yaml': syncText });
    const { context, stdout, stderr } = createWorld({ env, cwd, ...typed });
    const exitCode = await runCli(['doctor', ...args], context);
    return { exitCode, out: stdout.text, err: stderr.text };
  }
  const listCalls = async () => {
    const { rows } = await database.pool.query<{ operation: string; lane: string; state: string }>(
      'SELECT operation, lane, state FROM usage.api_call ORDER BY call_id',
    );
    return rows;
  };
  const grantOnly = (...granted: ApiOperation[]) =>
    sandbox.setGrants(
      Object.fromEntries(apiOperations.map((name) => [apiOf(endpoints[name]), granted.includes(name)])),
    );
  const statusOf = (out: string, operation: string) =>
    new RegExp(`^(\\w+) +permission ${operation}: (\\w+)`, 'm').exec(out)?.slice(1).join(' ');

  test('of an app with every grant asks five APIs once each, and no upload', async () => {
    const { exitCode, out } = await doctor(['--probe', '--yes']);
    expect(exitCode, out).toBe(0);
    expect(probed.map((operation) => statusOf(out, operation))).toEqual(probed.map(() => 'ok allowed'));
    expect(statusOf(out, 'image.upload')).toBe('skip not');
    const calls = await listCalls();
    expect(calls.map(({ operation }) => operation)).toEqual([
      'category.children',
      'system.time',
      ...probed.slice(1),
    ]);
    expect(new Set(calls.map(({ lane, state }) => `${lane} ${state}`))).toEqual(
      new Set(['manual committed']),
    );
    // What a run can load waits for it; no feed selects the rows of the searches.
    const { rows } = await database.pool.query(
      'SELECT operation FROM raw.payload WHERE loaded_at IS NULL ORDER BY 1',
    );
    expect(rows).toEqual([{ operation: 'offer.detail' }]);
    const identity = await database.pool.query('SELECT source FROM sync.database_identity');
    expect(identity.rows).toEqual([{ source: 'sandbox' }]);
  });

  test('of an app with search only says what to apply for, and sees at once what was granted since', async () => {
    grantOnly('search.keyword');
    const { exitCode, out } = await doctor(['--probe', '--yes']);
    expect(exitCode, out).toBe(0);
    expect(statusOf(out, 'search.keyword')).toBe('ok allowed');
    for (const operation of ['category.children', 'offer.detail', 'search.image']) {
      expect(statusOf(out, operation)).toBe('warn denied');
    }
    expect(out).toMatch(/offer\.detail: denied \(product\.search\.queryProductDetail\), held until \d{4}-/);
    expect(out).toContain('`catalog-sync permissions set offer.detail --state pending`');
    expect(out.replace(/\s+/g, ' ')).toContain('not called: no seller is known before the first sync');
    expect(out).toMatch(/Next: do what the lines of "permission" advise\./);
    expect(await listCalls()).toHaveLength(5);
    grantOnly(...apiOperations);
    const again = await doctor(['--probe', '--yes']);
    for (const operation of ['category.children', 'offer.detail', 'search.image']) {
      expect(statusOf(again.out, operation)).toBe('ok allowed');
    }
    expect((await database.pool.query('SELECT FROM usage.api_hold')).rows).toEqual([]);
  });

  test('is not made where no user can be asked, and says how to', async () => {
    const { exitCode, out } = await doctor(['--probe']);
    expect(exitCode).toBe(0);
    expect(out).toContain('Add --yes to make it, and up to 5 calls that show which APIs are granted.');
    expect(await listCalls()).toEqual([]);
  });

  test('says what it costs before it asks', async () => {
    const refused = await doctor(['--probe'], { typed: 'n\n' });
    expect(refused.err).toContain('Make up to 6 calls to the gateway');
    expect(refused.out).toContain('not made: you answered no');
    expect(await listCalls()).toEqual([]);
    expect(statusOf((await doctor(['--probe'], { typed: 'y\n' })).out, 'offer.detail')).toBe('ok allowed');
  });

  test('with a token that is refused ends there, and exits 4', async () => {
    const { exitCode, out } = await doctor(['--probe', '--yes'], { token: 'another' });
    expect(exitCode).toBe(4);
    expect(out).toMatch(/^fail +probes: AUTH_TOKEN_NOT_REFRESHABLE/m);
    expect(statusOf(out, 'category.children')).toBe('ok allowed');
    expect((await listCalls()).map(({ operation }) => operation)).toEqual([
      ...['category.children', 'system.time', 'search.keyword'],
    ]);
  });

  test('trusts App Key and App Secret only after a call whose signature is checked', async () => {
    await sandbox.close();
    sandbox = await startTestSandbox({ checksSystemSignature: false, appSecret: 'another-secret' });
    const wrong = await doctor(['--yes'], { secret: 'wrong-secret' });
    expect(wrong.out).toMatch(/^fail +signed call: GATEWAY_SIGNATURE_REFUSED/m);
    expect(wrong.exitCode).toBe(4);
    expect(await listCalls()).toMatchObject([{ operation: 'category.children' }]);
    const right = await doctor(['--yes'], { secret: 'another-secret' });
    expect(right.out).toMatch(
      /^ok +signed call: the gateway accepted App Key and signature; the clocks differ/m,
    );
    expect((await listCalls()).map(({ operation }) => operation).slice(1)).toEqual([
      ...['category.children', 'system.time'],
    ]);
  });

  test('is no use offline', async () => {
    expect(await doctor(['--probe', '--offline'])).toMatchObject({ exitCode: 2, out: '' });
  });
});
