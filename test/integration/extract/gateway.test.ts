import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import type { GatewayOptions } from '../../../src/extract/gateway/create-gateway.ts';
import type { SearchKeywordRequest } from '../../../src/model/operation.ts';
import { until } from '../../support/until.ts';
import { context, detail, gatewayError, roots } from '../../support/gateway-inputs.ts';
import { startFixture, type Fixture } from '../../support/gateway-fixture.ts';
import { json, type Respond } from '../../support/http-server.ts';

const open: Fixture[] = [];
afterEach(async () => {
  for (const fixture of open.splice(0)) await fixture.close();
});

async function setup(respond: Respond, options?: Partial<GatewayOptions>): Promise<Fixture> {
  const fixture = await startFixture(respond, options);
  open.push(fixture);
  return fixture;
}

const search: SearchKeywordRequest = {
  ...{ operation: 'search.keyword', keyword: '', categoryId: '7', language: 'en', page: 1, pageSize: 50 },
  ...{ priceMinCny: null, priceMaxCny: null },
};
const categories = { categoryInfo: [{ categoryID: 1 }], succes: 'true' };
const found = { result: { success: true, code: '200', result: { offerId: 620201390233 } } };

function caught(promise: Promise<unknown>): Promise<AppError> {
  return promise.then(
    () => {
      throw new Error('it was answered');
    },
    (error: unknown) => error as AppError,
  );
}

describe('a good answer', () => {
  it('is settled as committed with its exact bytes, and names its call', async () => {
    const body = ' {"categoryInfo":[ ],"succes":"true"} ';
    const { gateway, ledger } = await setup((response) => response.end(body));
    const answer = await gateway.call(roots, { ...context, windowId: '9' });
    expect(answer).toEqual({
      kind: 'answered',
      provenance: { callId: '1', rawId: '1', runId: '7', observedAt: new Date('2026-10-10T08:00:00Z') },
      request: roots,
      windowId: '9',
      payload: { categoryInfo: [], succes: 'true' },
      isCached: false,
    });
    expect(ledger.calls).toHaveLength(1);
    expect(ledger.calls[0]).toMatchObject({
      isSent: true,
      reserve: {
        runId: '7',
        jobId: 'job-1',
        windowId: '9',
        lane: 'refresh',
        isExempt: false,
        appKey: '1000000',
      },
      settlement: {
        state: 'committed',
        outcome: 'ok',
        httpStatus: 200,
        responseBytes: body.length,
        gatewayCode: null,
      },
    });
    expect(ledger.calls[0]?.settlement?.body?.toString()).toBe(body);
  });

  it('was asked for with the call id, a valid signature and the time, and no token where none is needed', async () => {
    const { gateway, server } = await setup((response) => json(response, categories));
    await gateway.call(roots, context);
    const [request] = server.requests;
    expect(request?.url).toBe('/openapi/param2/1/com.alibaba.product/alibaba.category.get/1000000');
    expect(request?.headers['x-request-id']).toBe('1');
    const { _aop_signature: signature, ...form } = request?.form ?? {};
    expect(form).toEqual({ categoryID: '0', _aop_timestamp: String(Date.parse('2026-10-10T08:00:00Z')) });
    const message = `param2/1/com.alibaba.product/alibaba.category.get/1000000_aop_timestamp${form['_aop_timestamp']}categoryID0`;
    expect(signature).toBe(
      createHmac('sha1', 'test-secret-0001').update(message).digest('hex').toUpperCase(),
    );
  });

  it('of an API that needs a token was asked for with one, in the body only', async () => {
    const { gateway, server } = await setup((response) => json(response, found));
    await gateway.call(detail, context);
    expect(server.requests[0]?.form).toMatchObject({ access_token: 'token-1' });
    expect(server.requests[0]?.url).not.toContain('token');
  });

  it('with nothing in it is an answer: the offer is gone', async () => {
    const { gateway } = await setup((response) =>
      json(response, { result: { success: true, result: null } }),
    );
    expect(await gateway.call(detail, context)).toMatchObject({ kind: 'answered', payload: null });
  });

  it('is read from the store for no call while it is fresh', async () => {
    const { gateway, server } = await setup((response) => json(response, found));
    await gateway.call(detail, { ...context, runId: '6' });
    const again = await gateway.call(detail, { ...context, windowId: '9', freshForMs: 1_000 });
    expect(again).toMatchObject({
      kind: 'answered',
      isCached: true,
      windowId: '9',
      payload: { offerId: 620201390233 },
      provenance: { callId: '1', rawId: '1', runId: '6' },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('of the clock is a time, and its body is not stored', async () => {
    const { gateway, ledger } = await setup((response) => response.end('"20261010164552223+0800"'));
    expect(await gateway.readTime(context)).toEqual({
      kind: 'answered',
      callId: '1',
      gatewayTime: new Date('2026-10-10T08:45:52.223Z'),
    });
    expect(ledger.calls[0]?.settlement).toMatchObject({ state: 'committed', outcome: 'ok', body: null });
  });
});

describe('without a grant', () => {
  it.each([
    [
      { kind: 'denied', by: 'day', retryAfterMs: 60_000 },
      { by: 'day', retryAfterMs: 60_000 },
    ],
    [
      { kind: 'denied', by: 'run', retryAfterMs: null },
      { by: 'run', retryAfterMs: null },
    ],
    [
      { kind: 'denied', by: 'hold', retryAfterMs: null },
      { by: 'hold', retryAfterMs: null },
    ],
    [
      { kind: 'in_flight', retryAfterMs: 500 },
      { by: 'in_flight', retryAfterMs: 500 },
    ],
  ] as const)('%o waits and sends nothing', async (reserved, expected) => {
    const { gateway, ledger, server } = await setup((response) => json(response, categories));
    ledger.script.push(reserved);
    expect(await gateway.call(roots, context)).toEqual({ kind: 'waiting', ...expected });
    expect(server.requests).toHaveLength(0);
  });

  it('a call whose slot the sweeper took back is not sent and not settled', async () => {
    const { gateway, ledger, server } = await setup((response) => json(response, categories));
    ledger.maySend = false;
    expect(await gateway.call(roots, context)).toMatchObject({ kind: 'waiting', by: 'second' });
    expect(server.requests).toHaveLength(0);
    expect(ledger.calls[0]?.settlement).toBeNull();
  });
});

describe('a failed call', () => {
  const timeouts = { headersMs: 150, bodyMs: 150 };
  const rows: readonly [name: string, Respond, code: string, settlement: object][] = [
    [
      'a refusal is spent',
      (response) => json(response, gatewayError('gw.ParamMissing'), 400),
      'GATEWAY_PARAM_MISSING',
      { state: 'committed', outcome: 'gateway_error', gatewayCode: 'gw.ParamMissing', httpStatus: 400 },
    ],
    [
      'a business refusal is spent',
      (response) => json(response, { result: { success: false, code: '500_1' } }),
      'GATEWAY_TRY_LATER',
      { state: 'committed', outcome: 'business_error', gatewayCode: '500_1', httpStatus: 200 },
    ],
    [
      'a broken backend is spent',
      (response) => response.writeHead(502).end('<html>'),
      'GATEWAY_UNAVAILABLE',
      { state: 'committed', outcome: 'gateway_error', httpStatus: 502 },
    ],
    [
      'an unreadable answer is spent',
      (response) => response.end('<html>'),
      'GATEWAY_ANSWER_UNREADABLE',
      { state: 'committed', outcome: 'invalid_answer', httpStatus: 200 },
    ],
    [
      'a redirect is spent',
      (response) => response.writeHead(307, { location: '/x' }).end(),
      'GATEWAY_REDIRECT',
      { state: 'committed', outcome: 'invalid_answer', httpStatus: 307 },
    ],
    [
      'an answer above the cap is spent',
      (response) => response.end('x'.repeat(70_000)),
      'GATEWAY_ANSWER_TOO_LARGE',
      { state: 'committed', outcome: 'invalid_answer', httpStatus: 200 },
    ],
    [
      'silence leaves the call unknown',
      () => undefined,
      'GATEWAY_TIMEOUT',
      { state: 'unknown', outcome: 'transport_error', httpStatus: null },
    ],
    [
      'a reset leaves the call unknown',
      (response) => response.socket?.resetAndDestroy(),
      'GATEWAY_CONNECTION_LOST',
      { state: 'unknown', outcome: 'transport_error', httpStatus: null },
    ],
    [
      'half a body is spent',
      (response) => response.writeHead(200).write('{"categoryInfo":'),
      'GATEWAY_TIMEOUT',
      { state: 'committed', outcome: 'transport_error', httpStatus: 200 },
    ],
  ];

  it.each(rows)('%s', async (_name, respond, code, settlement) => {
    const { gateway, ledger, server } = await setup(respond, { timeouts, maxResponseBytes: 65_536 });
    const error = await caught(gateway.call(roots, context));
    expect(error).toMatchObject({
      code,
      message: 'the call of com.alibaba.product:alibaba.category.get:1 failed',
      facts: { callId: '1', api: 'com.alibaba.product:alibaba.category.get:1' },
    });
    expect(error.retryAfterMs).toBeUndefined();
    expect(ledger.calls).toHaveLength(1);
    expect(ledger.calls[0]?.settlement).toMatchObject({ ...settlement, body: null });
    expect(server.requests).toHaveLength(1);
  });

  it('a refused connection is refunded', async () => {
    const { gateway, ledger, server } = await setup(() => undefined);
    await server.close();
    expect(await caught(gateway.call(roots, context))).toMatchObject({ code: 'GATEWAY_UNREACHABLE' });
    expect(ledger.calls[0]?.settlement).toMatchObject({ state: 'refunded', outcome: 'transport_error' });
  });

  it('a call stopped while it waits for its slot is refunded, and was never sent', async () => {
    const { gateway, ledger, server } = await setup((response) => json(response, categories));
    ledger.sendAfterMs = 600_000;
    const abort = new AbortController();
    const error = caught(gateway.call(roots, { ...context, signal: abort.signal }));
    await until(() => ledger.calls.length === 1);
    abort.abort();
    expect(await error).toMatchObject({ code: 'GATEWAY_STOPPED', recovery: 'throttle', retryAfterMs: 0 });
    expect(ledger.calls[0]).toMatchObject({
      isSent: false,
      settlement: { state: 'refunded', outcome: 'not_sent' },
    });
    expect(server.requests).toHaveLength(0);
  });

  it('a call stopped after it was sent stays counted', async () => {
    const { gateway, ledger, server } = await setup(() => undefined);
    const abort = new AbortController();
    const error = caught(gateway.call(roots, { ...context, signal: abort.signal }));
    await until(() => server.requests.length === 1);
    abort.abort();
    expect(await error).toMatchObject({ code: 'GATEWAY_STOPPED' });
    expect(ledger.calls[0]?.settlement).toMatchObject({ state: 'unknown', outcome: 'transport_error' });
  });
});

describe('a refused token', () => {
  const refuse: Respond = (response) =>
    json(response, gatewayError('401', 'Request need user authorized'), 401);

  it('is refreshed once and the call made again, each attempt with its own row', async () => {
    const { gateway, ledger, server, tokens } = await setup((response, request) =>
      request.form['access_token'] === 'token-2' ? json(response, found) : refuse(response, request),
    );
    expect(await gateway.call(detail, context)).toMatchObject({
      kind: 'answered',
      provenance: { callId: '2' },
    });
    expect(tokens.refreshed).toEqual(['token-1']);
    expect(ledger.calls.map((call) => call.settlement?.gatewayCode)).toEqual(['401', null]);
    expect(server.requests.map((request) => request.headers['x-request-id'])).toEqual(['1', '2']);
  });

  it('that stays refused halts after one refresh', async () => {
    const { gateway, ledger, tokens } = await setup(refuse);
    expect(await caught(gateway.call(detail, context))).toMatchObject({
      code: 'GATEWAY_TOKEN_INVALID',
      recovery: 'halt',
    });
    expect(tokens.refreshed).toHaveLength(1);
    expect(ledger.calls).toHaveLength(2);
  });

  it('that cannot be replaced is reported with the call that it refused', async () => {
    const { gateway, tokens } = await setup(refuse);
    tokens.refresh = () => {
      const facts = { tokenCallId: '9' };
      return Promise.reject(new AppError(extractErrors.AUTH_REFRESH_REFUSED, 'over', { facts }));
    };
    expect(await caught(gateway.call(detail, context))).toMatchObject({
      code: 'AUTH_REFRESH_REFUSED',
      facts: { callId: '1', tokenCallId: '9' },
    });
  });

  it('of an API that needs none is not refreshed', async () => {
    const { gateway, ledger, tokens } = await setup(refuse);
    expect(await caught(gateway.call(roots, context))).toMatchObject({ code: 'GATEWAY_TOKEN_INVALID' });
    expect([tokens.refreshed.length, ledger.calls.length]).toEqual([0, 1]);
  });

  it('waits when the second attempt gets no grant', async () => {
    const { gateway, ledger, server } = await setup((response, request) => {
      ledger.script.push({ kind: 'denied', by: 'day', retryAfterMs: 5 });
      refuse(response, request);
    });
    expect(await gateway.call(detail, context)).toEqual({ kind: 'waiting', by: 'day', retryAfterMs: 5 });
    expect(server.requests).toHaveLength(1);
  });
});

const json200 =
  (body: unknown): Respond =>
  (response) =>
    json(response, body);
const json400 =
  (code: string): Respond =>
  (response) =>
    json(response, gatewayError(code), 400);

const redirect: Respond = (response) => response.writeHead(302, { location: '/x' }).end();

describe('what one refusal asks of all calls', () => {
  it.each([
    ['gw.APIACLDecline', 'denied', 'GATEWAY_NO_GRANT'],
    ['gw.APIUnsupported', 'unsupported', 'GATEWAY_API_UNKNOWN'],
    ['gw.NoUsageLeftError', 'exhausted', 'GATEWAY_PACKAGE_USED_UP'],
  ])('%s shows that the API is %s, in its settlement', async (gatewayCode, shows, code) => {
    const { gateway, ledger } = await setup((response) => json(response, gatewayError(gatewayCode), 400));
    const message =
      'calls of com.alibaba.product:alibaba.category.get:1 are held, except for some test calls a day';
    expect(await caught(gateway.call(roots, context))).toMatchObject({ code, recovery: 'stop-api', message });
    expect(ledger.calls).toMatchObject([{ settlement: { gatewayCode, shows } }]);
  });

  it.each([
    ['an answer', json200(categories), 'allowed'],
    ['a refusal by the API itself', json200({ succes: 'false', errorCode: 'X', errorMsg: 'no' }), 'allowed'],
    ['an unknown app key', json400('gw.AppKeyNotFound'), 'app_refused'],
    ['a refused signature', json400('gw.SignatureInvalid'), null],
    ['a missing parameter', json400('gw.ParamMissing'), 'param_missing'],
    ['an unknown refusal', json400('gw.NeverSeen'), 'refused'],
    ['noise', json200('noise'), 'unavailable'],
    ['a redirect', redirect, 'unavailable'],
  ] as const)('%s shows what it can', async (_, respond, shows) => {
    const { gateway, ledger } = await setup(respond);
    await gateway.call(roots, context).catch(() => undefined);
    expect(ledger.calls).toMatchObject([{ settlement: { shows } }]);
  });

  it('that a search by category has no keyword concerns no other call', async () => {
    const { gateway, ledger } = await setup(json400('gw.ParamMissing'));
    for (const keyword of ['', 'cup'])
      await gateway.call({ ...search, keyword }, context).catch(() => undefined);
    expect(ledger.calls.map(({ settlement }) => settlement?.shows)).toEqual([null, 'param_missing']);
  });

  it('"too fast" for the app pauses every API without spending a call', async () => {
    const { gateway, ledger, clock } = await setup((response) =>
      json(response, gatewayError('gw.QosAppFrequencyLimit'), 400),
    );
    for (const calls of [1, 2]) {
      expect(await caught(gateway.call(roots, context))).toMatchObject({
        code: 'GATEWAY_TOO_FAST_APP',
        recovery: 'throttle',
        retryAfterMs: 2_000,
      });
      const waits = { kind: 'waiting', by: 'second', retryAfterMs: 2_000 };
      expect(await gateway.call(detail, context)).toEqual(waits);
      expect(ledger.calls).toHaveLength(calls);
      expect(ledger.calls.at(-1)).toMatchObject({ settlement: { shows: 'too_fast_app' } });
      clock.advance(10_001);
    }
  });

  it('"too fast" for an API leaves the others alone', async () => {
    const { gateway } = await setup((response, request) =>
      request.url.includes('category')
        ? json(response, gatewayError('gw.QosAPIFrequencyLimit'), 400)
        : json(response, found),
    );
    expect(await caught(gateway.call(roots, context))).toMatchObject({
      code: 'GATEWAY_TOO_FAST_API',
      retryAfterMs: 2_000,
    });
    expect(await gateway.call(detail, context)).toMatchObject({ kind: 'answered' });
    expect(await gateway.call(roots, context)).toMatchObject({ kind: 'waiting', retryAfterMs: 2_000 });
  });
});
