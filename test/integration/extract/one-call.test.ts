import { setImmediate as aTurn } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { context, detail, gatewayError, roots } from '../../support/gateway-inputs.ts';
import { startFixture, type Fixture } from '../../support/gateway-fixture.ts';
import { json, type Respond } from '../../support/http-server.ts';

/* What a call does around its one request: before it leaves, and after its answer. */

const found = { result: { success: true, code: '200', result: { offerId: 620201390233 } } };

let fixture: Fixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});
const startWith = async (respond: Respond) => (fixture = await startFixture(respond));
const start = () => startWith((response) => json(response, found));

it.each([
  [15_000, 1, 'committed'],
  [15_001, 0, 'refunded'],
] as const)(
  'a process that stood still for %i ms after it marked its call makes %i requests, and the call is %s',
  async (ms, requests, state) => {
    const { gateway, ledger, clock, server } = await start();
    const markSent = ledger.markSent.bind(ledger);
    ledger.markSent = async (callId) => {
      const maySend = await markSent(callId);
      clock.advance(ms);
      return maySend;
    };
    await gateway.call(detail, context);
    expect(server.requests).toHaveLength(requests);
    expect(ledger.calls.map(({ settlement }) => settlement?.state)).toEqual([state]);
  },
);

it('an answered call leaves no timer behind, which would keep the process from ending', async () => {
  const { gateway } = await start();
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  await gateway.call(detail, context);
  const before = timers();
  for (const offerId of ['1', '2', '3', '4', '5']) await gateway.call({ ...detail, offerId }, context);
  expect(timers()).toBeLessThanOrEqual(before);
});

it('a call that meets a pause after its grant is not sent, and waits for as long as the pause lasts', async () => {
  fixture = await startFixture((response) => json(response, gatewayError('gw.QosAPIFrequencyLimit'), 400));
  const { gateway, ledger, server } = fixture;
  const markSent = ledger.markSent.bind(ledger);
  const settle = ledger.settle.bind(ledger);
  ledger.settle = async (settlement) => {
    await aTurn();
    return settle(settlement);
  };
  ledger.markSent = async (callId) => {
    ledger.markSent = markSent;
    await expect(gateway.call({ ...detail, offerId: '2' }, context)).rejects.toMatchObject({
      code: 'GATEWAY_TOO_FAST_API',
    });
    return markSent(callId);
  };
  expect(await gateway.call({ ...detail, offerId: '1' }, context)).toEqual({
    kind: 'waiting',
    by: 'second',
    retryAfterMs: 2_000,
  });
  expect(server.requests).toHaveLength(1);
  expect(ledger.calls.map(({ settlement }) => settlement?.state)).toEqual(['refunded', 'committed']);
});

it('a refusal that a question with a flaw was to bring pauses no other call', async () => {
  fixture = await startFixture((response, request) =>
    fixture?.server.requests.length === 1
      ? json(response, gatewayError('gw.QosAPIFrequencyLimit'), 400)
      : json(response, request.url.includes('category') ? { categoryInfo: [], succes: 'true' } : found),
  );
  const { gateway, server } = fixture;
  const inspected = await gateway.inspect({ request: roots, flaw: 'wrong_signature' }, context);
  expect(inspected).toMatchObject({ error: { code: 'GATEWAY_TOO_FAST_API' } });
  expect(await gateway.call(roots, context)).toMatchObject({ kind: 'answered' });
  expect(server.requests).toHaveLength(2);
});

it('a refused offer stops no other call', async () => {
  fixture = await startFixture((response) =>
    json(
      response,
      fixture?.server.requests.length === 1 ? { result: { success: false, code: 'SP0056' } } : found,
    ),
  );
  const { gateway } = fixture;
  await expect(gateway.call({ ...detail, offerId: '1' }, context)).rejects.toMatchObject({
    code: 'GATEWAY_BUSINESS_REFUSED',
  });
  expect(await gateway.call(detail, context)).toMatchObject({ kind: 'answered' });
});

it('a refused token stops every other call that would go with it', async () => {
  fixture = await startFixture((response) => json(response, gatewayError('401'), 401));
  const { gateway, server, tokens } = fixture;
  tokens.refresh = () => Promise.reject(new AppError(extractErrors.AUTH_REFRESH_REFUSED, 'over'));
  await expect(gateway.call({ ...detail, offerId: '1' }, context)).rejects.toMatchObject({
    code: 'AUTH_REFRESH_REFUSED',
  });
  const waits = { kind: 'waiting', by: 'second', retryAfterMs: 2_000 };
  expect(await gateway.call(detail, context)).toEqual(waits);
  expect(server.requests).toHaveLength(1);
});

it('a token that the ledger knows to be refused is refreshed before any call goes with it', async () => {
  const { gateway, ledger, server, tokens } = await start();
  ledger.script.push({ kind: 'token_refused' });
  expect(await gateway.call(detail, context)).toMatchObject({ kind: 'answered' });
  expect(tokens.refreshed).toEqual(['token-1']);
  expect(server.requests.map(({ form }) => form['access_token'])).toEqual(['token-2']);
});

it('a call that gets no grant refreshes no token', async () => {
  const { gateway, ledger, tokens } = await start();
  ledger.script.push({ kind: 'denied', by: 'day', retryAfterMs: 5 });
  expect(await gateway.call(detail, context)).toEqual({ kind: 'waiting', by: 'day', retryAfterMs: 5 });
  expect(tokens.refreshed).toEqual([]);
});

it.each([
  ['x'.repeat(9 * 1024 * 1024), 'GATEWAY_ANSWER_TOO_LARGE', null],
  ['{"cat\r\nnoise', 'GATEWAY_ANSWER_UNREADABLE', 5],
] as const)('the size of an answer is known unless it is too large', async (data, code, responseBytes) => {
  const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked';
  const size = responseBytes ?? data.length;
  const { gateway, ledger } = await startWith((response) =>
    response.socket?.end(`${head}\r\n\r\n${size.toString(16)}\r\n${data}\r\n`),
  );
  await expect(gateway.call(roots, context)).rejects.toMatchObject({ code });
  expect(ledger.calls[0]?.settlement).toMatchObject({
    ...{ state: 'committed', outcome: 'invalid_answer', httpStatus: 200, responseBytes },
  });
});
