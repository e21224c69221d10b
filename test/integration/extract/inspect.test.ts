import { afterEach, expect, it } from 'vitest';
import { context, detail, gatewayError, roots } from '../../support/gateway-inputs.ts';
import { startFixture, type Fixture } from '../../support/gateway-fixture.ts';
import { json, type Respond } from '../../support/http-server.ts';

/* Questions of `doctor --contract`: some have a flaw on purpose, and what they bring must harm no run. */

const good: Respond = (response, request) =>
  json(
    response,
    request.url.includes('category')
      ? { categoryInfo: [], succes: 'true' }
      : { result: { success: true, result: { offerId: 620201390233 } } },
  );

let fixture: Fixture | undefined;
afterEach(async () => {
  await fixture?.close();
  fixture = undefined;
});
const start = async (respond: Respond) => (fixture = await startFixture(respond));

it('a question goes with a token only where its API needs one', async () => {
  const { gateway, server } = await start(good);
  await gateway.inspect({ request: roots }, context);
  await gateway.inspect({ request: detail }, context);
  await gateway.inspect({ request: detail, flaw: 'no_token' }, context);
  expect(server.requests.map(({ form }) => form['access_token'])).toEqual([undefined, 'token-1', undefined]);
});

it('a question is signed as calls are, unless a wrong signature is its flaw', async () => {
  const { gateway, server } = await start(good);
  await gateway.call(roots, context);
  await gateway.inspect({ request: roots }, context);
  await gateway.inspect({ request: roots, flaw: 'wrong_signature' }, context);
  const [called, asked, flawed] = server.requests.map(({ form }) => form['_aop_signature']);
  expect(asked).toBe(called);
  expect(flawed).toMatch(/^[0-9A-F]{40}$/);
  expect(flawed).not.toBe(called);
});

it('a question waits while its API pauses, and is not even reserved', async () => {
  const { gateway, ledger } = await start((response) =>
    json(response, gatewayError('gw.QosAPIFrequencyLimit'), 400),
  );
  await expect(gateway.call(roots, context)).rejects.toMatchObject({ code: 'GATEWAY_TOO_FAST_API' });
  const waits = { kind: 'waiting', by: 'second', retryAfterMs: 2_000 };
  expect(await gateway.inspect({ request: roots }, context)).toEqual(waits);
  expect(ledger.calls).toHaveLength(1);
});

it.each([
  ['gw.APIACLDecline', null, 'denied'],
  ['gw.APIACLDecline', 'wrong_signature', null],
  ['gw.NoUsageLeftError', 'unknown_api', null],
  ['gw.AppKeyNotFound', 'wrong_signature', 'app_refused'],
  ['gw.QosAppFrequencyLimit', 'no_token', 'too_fast_app'],
  ['gw.QosAPIFrequencyLimit', 'wrong_signature', 'too_fast_api'],
] as const)('of a refusal by %s, a question with the flaw %j shows %j', async (code, flaw, shows) => {
  const { gateway, ledger } = await start((response) => json(response, gatewayError(code), 400));
  await gateway.inspect({ request: roots, ...(flaw === null ? {} : { flaw }) }, context);
  expect(ledger.calls.map(({ settlement }) => settlement?.shows)).toEqual([shows]);
});
