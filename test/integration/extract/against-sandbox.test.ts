import { afterEach, describe, expect, it } from 'vitest';
import { isJsonObject, type JsonValue } from '../../../src/core/json.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createGateway } from '../../../src/extract/gateway/create-gateway.ts';
import { createMemoryTokenStore } from '../../../src/extract/oauth/memory-token-store.ts';
import { createTokenProvider } from '../../../src/extract/oauth/token-provider.ts';
import type { TransportTimeouts } from '../../../src/extract/gateway/transport.ts';
import type { Gateway, GatewayAnswer } from '../../../src/model/gateway.ts';
import type { OfferDetailRequest, SearchKeywordRequest } from '../../../src/model/operation.ts';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/create-sandbox.ts';
import { createMemoryLedger, type MemoryLedger } from '../../support/memory-ledger.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { context, roots, silent } from '../../support/gateway-inputs.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

interface Setup {
  readonly sandbox: Sandbox;
  readonly ledger: MemoryLedger;
  readonly gateway: Gateway;
}

/** A client whose clock is the sandbox's. */
async function setup(
  options: SandboxOptions = {},
  timeouts: Partial<TransportTimeouts> = {},
): Promise<Setup> {
  const sandbox = await startTestSandbox(options);
  const ledger = createMemoryLedger();
  const clock = { now: () => sandbox.now() };
  const common = {
    ...{ baseUrl: sandbox.url, appKey: sandbox.appKey, appSecret: new Secret(sandbox.appSecret) },
    ...{ ledger, clock, log: silent, timeouts },
  };
  const fromEnvironment = {
    accessToken: new Secret(sandbox.accessToken),
    refreshToken: sandbox.refreshToken === null ? undefined : new Secret(sandbox.refreshToken),
  };
  const tokens = createTokenProvider({ ...common, fromEnvironment, store: createMemoryTokenStore() });
  const gateway = createGateway({ ...common, tokens });
  open.push(sandbox, gateway);
  return { sandbox, ledger, gateway };
}

function search(page: number, keyword = '连衣裙'): SearchKeywordRequest {
  const bounds = { categoryId: null, priceMinCny: null, priceMaxCny: null };
  return { operation: 'search.keyword', keyword, ...bounds, page, pageSize: 50, language: 'en' };
}

function payloadOf(answer: GatewayAnswer): JsonValue {
  if (answer.kind === 'answered') return answer.payload;
  throw new Error(`waiting: ${answer.by}`);
}

function at(value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((item, key) => {
    if (Array.isArray(item)) return (item as readonly JsonValue[])[Number(key)];
    return isJsonObject(item) ? item[key] : undefined;
  }, value);
}

function idText(value: JsonValue | undefined): string {
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  throw new Error('the answer has no id there');
}

/** Offers of a leaf below the first branch; some may be gone by now. */
async function someOffers(gateway: Gateway): Promise<string[]> {
  let categoryId = '0';
  for (let depth = 0; depth < 4; depth++) {
    const node = payloadOf(await gateway.call({ operation: 'category.children', categoryId }, context));
    const page = depth > 0 ? await gateway.call({ ...search(1, ''), categoryId }, context) : null;
    const rows = page ? at(payloadOf(page), 'data') : null;
    if (Array.isArray(rows) && rows.length > 0)
      return rows.map((row) => idText(at(row as JsonValue, 'offerId')));
    categoryId = idText(at(node, 'categoryInfo', 0, 'childCategorys', 0, 'id'));
  }
  throw new Error('the sandbox has no offer on its first branch');
}

describe('the client and the sandbox', () => {
  it('agree on every operation', async () => {
    const { gateway, ledger } = await setup();
    const time = await gateway.readTime(context);
    expect(time).toMatchObject({ kind: 'answered' });
    const offerIds = await someOffers(gateway);
    const offers = await Promise.all(
      offerIds.map((offerId) =>
        gateway.call({ operation: 'offer.detail', offerId, language: 'en' }, context),
      ),
    );
    const there = offers.filter((answer) => payloadOf(answer) !== null);
    expect(there.length).toBeGreaterThan(0);
    for (const answer of there) expect(offerIds).toContain(idText(at(payloadOf(answer), 'offerId')));
    expect(ledger.calls.every((call) => call.settlement?.outcome === 'ok')).toBe(true);
  });

  it('agree on signatures over awkward keywords', async () => {
    const { gateway } = await setup();
    for (const keyword of ['+ & % =', '连衣裙', '👗', 'a\ud83d', '"\\', ' ', '%2B', '\u0000x']) {
      expect(await gateway.call(search(1, keyword), context)).toMatchObject({ kind: 'answered' });
    }
  });

  it('agree that an unknown offer is a good answer with nothing in it', async () => {
    const { gateway } = await setup();
    const gone: OfferDetailRequest = { operation: 'offer.detail', offerId: '999999999999', language: 'en' };
    expect(payloadOf(await gateway.call(gone, context))).toBeNull();
  });

  it('go on over the end of an access token, by one refresh for all calls', async () => {
    const { gateway, ledger, sandbox } = await setup({ accessTokenLifeMs: 36_000_000 });
    await gateway.call(search(1), context);
    sandbox.advance(36_000_001);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((page) => gateway.call(search(page + 1), context)));
    expect(answers.map((answer) => answer.kind)).toEqual(Array(5).fill('answered'));
    const refreshes = ledger.calls.filter((call) => call.reserve.isExempt);
    expect(refreshes).toHaveLength(1);
  });

  it('end with a clear word when a self-use token ends', async () => {
    const { gateway, sandbox } = await setup({ accessTokenLifeMs: 36_000_000, refreshToken: null });
    sandbox.advance(36_000_001);
    await expect(gateway.call(search(1), context)).rejects.toMatchObject({
      code: 'AUTH_TOKEN_NOT_REFRESHABLE',
    });
  });

  it('disagree on a wrong secret at once', async () => {
    const { sandbox, ledger } = await setup();
    const clock = { now: () => sandbox.now() };
    const tokens = { current: async () => new Secret('x'), refresh: async () => new Secret('y') };
    const wrong = { baseUrl: sandbox.url, appKey: sandbox.appKey, appSecret: new Secret('wrong') };
    const gateway = createGateway({ ...wrong, ledger, tokens, clock, log: silent });
    open.push(gateway);
    await expect(gateway.readTime(context)).rejects.toMatchObject({
      code: 'GATEWAY_SIGNATURE_REFUSED',
      recovery: 'halt',
    });
  });

  it('settle a declined API as denied', async () => {
    const api = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
    const { gateway, ledger } = await setup({ declinedApis: [api] });
    await expect(gateway.call(search(1), context)).rejects.toMatchObject({ code: 'GATEWAY_NO_GRANT' });
    expect(ledger.calls).toMatchObject([{ reserve: { api }, settlement: { shows: 'denied' } }]);
  });

  it.each([
    [{ kind: 'server_error' }, 'GATEWAY_UNAVAILABLE', 'committed'],
    [{ kind: 'hang' }, 'GATEWAY_TIMEOUT', 'unknown'],
    [{ kind: 'reset' }, 'GATEWAY_CONNECTION_LOST', 'unknown'],
    [{ kind: 'cut' }, 'GATEWAY_CONNECTION_LOST', 'committed'],
    [{ kind: 'truncate' }, 'GATEWAY_ANSWER_UNREADABLE', 'committed'],
    [{ kind: 'html' }, 'GATEWAY_ANSWER_UNREADABLE', 'committed'],
    [{ kind: 'oversize' }, 'GATEWAY_ANSWER_TOO_LARGE', 'committed'],
    [{ kind: 'bad_charset' }, 'GATEWAY_ANSWER_UNREADABLE', 'committed'],
    [{ kind: 'redirect' }, 'GATEWAY_REDIRECT', 'committed'],
    [{ kind: 'gateway_error', code: 'gw.QosAppFrequencyLimit' }, 'GATEWAY_TOO_FAST_APP', 'committed'],
  ] as const)('meet the fault %o', async (fault, code, state) => {
    const { gateway, ledger, sandbox } = await setup({}, { headersMs: 500, bodyMs: 500 });
    sandbox.setFaults([{ ...fault, count: 1 }]);
    await expect(gateway.call(roots, context)).rejects.toMatchObject({ code });
    expect(ledger.calls[0]?.settlement).toMatchObject({ state, body: null });
  });
});
