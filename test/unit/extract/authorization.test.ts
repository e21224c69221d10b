import { describe, expect, it } from 'vitest';
import { createAuthorization, type AuthorizationOptions } from '../../../src/extract/oauth/authorization.ts';
import { createHandClock } from '../../support/gateway-inputs.ts';

const redirectUri = 'http://localhost:3000/api/callback';
const minuteMs = 60_000;

function begin(more: Partial<AuthorizationOptions> = {}) {
  const clock = createHandClock();
  const authorization = createAuthorization({
    baseUrl: 'https://gw.open.1688.com/openapi',
    appKey: '1000000',
    redirectUri,
    clock,
    ...more,
  });
  const state = new URL(authorization.url).searchParams.get('state') ?? '';
  return { authorization, clock, state };
}

const query = (params: Readonly<Record<string, string>>) => new URLSearchParams(params);
const stateRefused = (reason: string) =>
  expect.objectContaining({ code: 'AUTH_STATE_REFUSED', facts: { reason } }) as Error;

describe('the url to open', () => {
  it('is the page of 1688, with everything that it requires', () => {
    const { authorization, state } = begin();
    const url = new URL(authorization.url);
    expect(`${url.origin}${url.pathname}`).toBe('https://auth.1688.com/oauth/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: '1000000',
      site: '1688',
      redirect_uri: redirectUri,
      state,
    });
  });

  it('is on the gateway itself when that is on this machine', () => {
    const { authorization } = begin({ baseUrl: 'http://127.0.0.1:8688/openapi' });
    expect(authorization.url).toMatch(/^http:\/\/127\.0\.0\.1:8688\/oauth\/authorize\?/);
  });

  it('has a state of 256 random bits, another one for each login', () => {
    const states = Array.from({ length: 20 }, () => begin().state);
    expect(new Set(states).size).toBe(20);
    for (const state of states) expect(state).toMatch(/^[\w-]{43}$/);
  });
});

describe('a state', () => {
  it('that is right brings its code, kept as a secret', () => {
    const { authorization, state } = begin();
    const code = authorization.redeem(query({ code: 'the-code', state }));
    expect(code.reveal()).toBe('the-code');
    expect(JSON.stringify({ code })).not.toContain('the-code');
  });

  it.each([
    ['forged', 'A'.repeat(43)],
    ['cut off', null],
    ['of another login', begin().state],
  ])('that is %s is refused, and the login goes on', (_, given) => {
    const { authorization, state } = begin();
    const wrong = query({ code: 'evil', state: given ?? state.slice(0, -1) });
    expect(() => authorization.redeem(wrong)).toThrow(stateRefused('foreign'));
    expect(authorization.redeem(query({ code: 'good', state })).reveal()).toBe('good');
  });

  it('that is missing, or there twice, is refused', () => {
    const { authorization, state } = begin();
    expect(() => authorization.redeem(query({ code: 'c' }))).toThrow(stateRefused('missing'));
    const twice = new URLSearchParams([
      ['code', 'c'],
      ['state', state],
      ['state', 'x'],
    ]);
    expect(() => authorization.redeem(twice)).toThrow(stateRefused('missing'));
  });

  it('is good once', () => {
    const { authorization, state } = begin();
    authorization.redeem(query({ code: 'first', state }));
    expect(() => authorization.redeem(query({ code: 'second', state }))).toThrow(stateRefused('used'));
    expect(() => authorization.redeemPasted('second')).toThrow(stateRefused('used'));
  });

  it('is good for less than ten minutes', () => {
    const early = begin();
    early.clock.advance(10 * minuteMs - 1);
    expect(early.authorization.redeem(query({ code: 'c', state: early.state })).reveal()).toBe('c');
    const late = begin();
    late.clock.advance(10 * minuteMs);
    expect(() => late.authorization.redeem(query({ code: 'c', state: late.state }))).toThrow(
      stateRefused('late'),
    );
  });
});

describe('an answer without a code', () => {
  it.each([{ error: 'access_denied' }, { code: '' }, { code: 'a b' }, { code: 'x'.repeat(257) }])(
    'like %j ends the login with its own error',
    (answer) => {
      const { authorization, state } = begin();
      const redeem = () => authorization.redeem(query({ ...answer, state }));
      expect(redeem).toThrow(expect.objectContaining({ code: 'AUTH_CODE_MISSING' }) as Error);
      expect(redeem).toThrow(stateRefused('used'));
    },
  );
});

describe('what a person pastes', () => {
  it('may be the whole address, whose state counts', () => {
    const { authorization, state } = begin();
    const back = (given: string) => ` ${redirectUri}?code=the-code&state=${given}\n`;
    expect(() => authorization.redeemPasted(back(begin().state))).toThrow(stateRefused('foreign'));
    expect(authorization.redeemPasted(back(state)).reveal()).toBe('the-code');
  });

  it('may be the bare code', () => {
    const code = '6d0c5b2e-9c7a-4a4e-8f0d-2b6c4d1e9a55';
    expect(begin().authorization.redeemPasted(`${code}\n`).reveal()).toBe(code);
  });

  it.each(['', 'two words', 'code=x&state=y'])('is refused when it is neither, like "%s"', (text) => {
    expect(() => begin().authorization.redeemPasted(text)).toThrow(
      expect.objectContaining({ code: 'AUTH_CODE_MISSING' }) as Error,
    );
  });
});
