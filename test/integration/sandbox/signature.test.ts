import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSignature, expectedSignature } from '../../../src/sandbox/sign.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  createTestClock,
  pathOf,
  post,
  signed,
  signNaively,
} from '../../support/plain-client.ts';

interface Vector {
  readonly id: string;
  readonly secret: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly signature: string;
}

const vectors = JSON.parse(
  readFileSync(new URL('../../fixtures/sign-vectors.json', import.meta.url), 'utf8'),
) as readonly Vector[];

describe('signature', () => {
  it.each(vectors)('accepts vector $id and nothing near it', ({ secret, path, params, signature }) => {
    const given = (text: string) => new Map([...Object.entries(params), ['_aop_signature', text]]);
    expect(checkSignature(path, given(signature), secret)).toBe('valid');
    expect(checkSignature(path, given(signature.toLowerCase()), secret)).toBe('invalid');
    expect(checkSignature(`${path}x`, given(signature), secret)).toBe('invalid');
    expect(checkSignature(path, given(signature), `${secret}x`)).toBe('invalid');
    expect(checkSignature(path, given(signature).set('z', ''), secret)).toBe('invalid');
    expect(checkSignature(path, new Map(Object.entries(params)), secret)).toBe('missing');
  });

  it('agrees with a naive implementation on any text', () => {
    const text = fc.string({ unit: 'binary' }).filter((item) => item.isWellFormed());
    fc.assert(
      fc.property(
        fc.dictionary(text, text),
        fc.string(),
        fc.string({ minLength: 1 }),
        (params, path, secret) => {
          const rest = Object.fromEntries(Object.entries(params).filter(([key]) => key !== '_aop_signature'));
          const own = expectedSignature(path, new Map(Object.entries(params)), secret);
          expect(own).toBe(signNaively(path, rest, secret));
        },
      ),
    );
  });

  const served = vectors.filter(({ path }) => /system|category\.get|keywordQuery/.test(path));
  it.each(served)('lets vector $id in over HTTP', async ({ secret, path, params, signature }) => {
    const sandbox = await startTestSandbox({ appSecret: secret });
    const reply = await post(`${sandbox.url}/${path}`, { ...params, _aop_signature: signature });
    await sandbox.close();
    expect(reply.status).toBe(200);
  });

  it('accepts an empty value that is sent and signed, and one that is neither', async () => {
    const sandbox = await startTestSandbox();
    const sent = await callApi(sandbox, apis.category, { categoryID: '0', outMemberId: '' });
    const dropped = await callApi(sandbox, apis.category, { categoryID: '0' });
    await sandbox.close();
    expect([sent.status, dropped.status]).toEqual([200, 200]);
  });

  it('accepts any way of writing the same JSON', async () => {
    const sandbox = await startTestSandbox();
    const ask = (offerQueryParam: string) =>
      callApi(sandbox, apis.search, { access_token: sandbox.accessToken, offerQueryParam });
    const raw = await ask('{"keyword":"连衣裙","beginPage":1,"pageSize":50,"country":"en"}');
    const escaped = await ask(
      '{ "keyword":"\\u8fde\\u8863\\u88d9", "beginPage":"1","pageSize":50,"country":"en"}',
    );
    await sandbox.close();
    expect(escaped.text).toBe(raw.text);
  });

  it('does not care about the timestamp, unless told to', async () => {
    const clock = createTestClock('2026-10-10T00:00:00Z');
    const lax = await startTestSandbox({ clock });
    const strict = await startTestSandbox({ clock, maxSkewMs: 60_000 });
    const stale = { _aop_timestamp: String(clock.now().getTime() - 60_001) };
    expect((await callApi(lax, apis.time, stale)).status).toBe(200);
    expect((await callApi(strict, apis.time, stale)).body).toMatchObject({
      error_code: 'gw.TimestampInvalid',
    });
    expect((await callApi(strict, apis.time, {})).status).toBe(200);
    const fresh = { _aop_timestamp: String(clock.now().getTime() - 60_000) };
    expect((await callApi(strict, apis.time, fresh)).status).toBe(200);
    await Promise.all([lax.close(), strict.close()]);
  });

  it('covers what arrived: a value changed on the way is refused', async () => {
    const sandbox = await startTestSandbox();
    const form = { ...signed(sandbox, apis.category, { categoryID: '0' }), categoryID: '1' };
    const reply = await post(`${sandbox.url}/${pathOf(apis.category, sandbox.appKey)}`, form);
    await sandbox.close();
    expect(reply.body).toMatchObject({ error_code: 'gw.SignatureInvalid' });
  });
});
