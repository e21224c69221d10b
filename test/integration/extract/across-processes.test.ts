import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../src/core/clock.ts';
import { Secret } from '../../../src/core/secret.ts';
import { apiOf, endpoints } from '../../../src/extract/endpoints/endpoints.ts';
import { createGateway } from '../../../src/extract/gateway/create-gateway.ts';
import { createTokenProvider } from '../../../src/extract/oauth/token-provider.ts';
import { createLedgerStore } from '../../../src/ledger/ledger-store.ts';
import { createQuotaStore } from '../../../src/ledger/quota-store.ts';
import { createTokenStore } from '../../../src/tokens/token-store.ts';
import type { Gateway } from '../../../src/model/gateway.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { context, silent } from '../../support/gateway-inputs.ts';

const key = new Secret(randomBytes(32).toString('hex'));
let db: TestDatabase;
let sandbox: Sandbox;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  db = await createTestDatabase();
  sandbox = await startTestSandbox({ accessTokenLifeMs: 36_000_000 });
});
afterAll(async () => {
  for (const close of closers) await close();
  await sandbox.close();
  await db.drop();
});

/** What one process has: connections, ledger, tokens and a gateway client of its own. */
function openProcess(): Gateway {
  const pools = [4, 2].map((max) => new pg.Pool({ connectionString: db.url, max }));
  // The database is dropped while connections are still closing.
  for (const each of pools) each.on('error', () => undefined);
  const [pool, tokenPool] = pools as [pg.Pool, pg.Pool];
  const ledger = createLedgerStore({ pool, log: silent });
  const common = {
    ...{ appKey: sandbox.appKey, appSecret: new Secret(sandbox.appSecret), baseUrl: sandbox.url },
    ...{ ledger, clock: systemClock, log: silent },
  };
  const fromEnvironment = {
    accessToken: new Secret(sandbox.accessToken),
    refreshToken: new Secret(sandbox.refreshToken ?? ''),
  };
  const store = createTokenStore({ pool: tokenPool, key, log: silent });
  const gateway = createGateway({
    ...common,
    tokens: createTokenProvider({ ...common, fromEnvironment, store }),
  });
  closers.push(() => gateway.close(), ...pools.map((each) => () => each.end()));
  return gateway;
}

it('one refresh serves all calls of all processes, and every arrival has its ledger row', async () => {
  await createQuotaStore({ pool: db.pool }).applyPresets({
    ...{ appKey: sandbox.appKey, account: 'business', callsPerSecond: 100 },
    apis: [apiOf(endpoints['offer.detail'])],
  });
  const processes = [openProcess(), openProcess(), openProcess()];
  const ask = async (gateway: Gateway, index: number) => {
    for (;;) {
      const request = { operation: 'offer.detail', offerId: `${index}`, language: 'en' } as const;
      const answer = await gateway.call(request, { ...context, runId: null });
      // One call finds out whether the new token is taken; the others come back.
      if (answer.kind === 'answered') return answer;
      await sleep(answer.retryAfterMs ?? 100);
    }
  };
  for (const [index, gateway] of processes.entries()) await ask(gateway, index);

  sandbox.advance(36_000_001);
  const calls = Array.from({ length: 12 }, (_, index) => index);
  const answers = await Promise.all(
    processes.flatMap((gateway, nth) => calls.map((index) => ask(gateway, 1_000 * (nth + 1) + index))),
  );
  expect(new Set(answers.map((answer) => answer.kind))).toEqual(new Set(['answered']));

  const { rows } = await db.pool.query<{
    api: string;
    state: string;
    gateway_code: string | null;
    ids: string[];
  }>(`SELECT api, state, gateway_code, array_agg(call_id::text) AS ids FROM usage.api_call GROUP BY 1, 2, 3`);
  expect(rows.filter((row) => row.api.startsWith('system.oauth2'))).toMatchObject([
    { state: 'committed', ids: [expect.any(String)] },
  ]);
  const committed = rows.filter((row) => row.state === 'committed');
  // Those that were granted with the old token, and had not left when it was refused.
  expect(rows.filter(({ state }) => state !== 'committed' && state !== 'refunded')).toEqual([]);
  const stats = (await (await fetch(`${sandbox.controlUrl}/stats`)).json()) as {
    calls: { requestId: string | null }[];
  };
  const arrived = stats.calls.map((call) => call.requestId).sort();
  expect(arrived).toEqual(committed.flatMap((row) => row.ids).sort());
});
