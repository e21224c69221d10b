import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { encodeForm, sign, signedForm } from '../../../src/extract/gateway/sign.ts';
import vectors from '../../fixtures/sign-vectors.json' with { type: 'json' };

/** The recipe read aloud, without a thought for speed: repeated selection of the smallest pair, by hex. */
function naiveSign(secret: string, path: string, params: Record<string, string>): string {
  const hexes = Object.keys(params)
    .filter((key) => key !== '_aop_signature')
    .map((key) => Buffer.from(key + (params[key] ?? ''), 'utf8').toString('hex'));
  let message = Buffer.from(path, 'utf8').toString('hex');
  while (hexes.length > 0) {
    const min = hexes.reduce((a, b) => (a <= b ? a : b));
    hexes.splice(hexes.indexOf(min), 1);
    message += min;
  }
  return createHmac('sha1', secret).update(message, 'hex').digest('hex').toUpperCase();
}

const key = fc.oneof(
  fc.stringMatching(/^[a-zA-Z_]{1,8}$/),
  fc.constantFrom('a', 'aa', 'aA', 'a_', '_aop_signature'),
);
const value = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '+ & % =', '连衣裙', '👗', '\uff5e', '{"keyword":"连衣裙"}', '\r\n', '%2B'),
);
const params = fc.dictionary(key, value);

/** Text with surrogates in any disorder. */
const brokenText = fc
  .array(fc.constantFrom('a', '\ud83d', '\udc57', '裙'), { maxLength: 6 })
  .map((parts) => parts.join(''));

describe('sign', () => {
  it.each(vectors)('agrees with vector $id', ({ secret, path, params: given, signature }) => {
    expect(sign(new Secret(secret), path, given as unknown as Record<string, string>)).toBe(signature);
  });

  it('agrees with a naive second implementation on any parameters', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), params, (secret, path, given) => {
        expect(sign(new Secret(secret), path, given)).toBe(naiveSign(secret, path, given));
      }),
    );
  });

  it('does not depend on the order in which parameters are given', () => {
    fc.assert(
      fc.property(params, (given) => {
        const reversed = Object.fromEntries(Object.entries(given).reverse());
        expect(sign(new Secret('s'), 'p', reversed)).toBe(sign(new Secret('s'), 'p', given));
      }),
    );
  });

  it('orders pairs by UTF-8 bytes where UTF-16 units would order them otherwise', () => {
    expect(['k👗', 'k\uff5e'].sort()).toEqual(['k👗', 'k\uff5e']);
    const byBytes = createHmac('sha1', 's').update('pk\uff5ek👗').digest('hex').toUpperCase();
    expect(sign(new Secret('s'), 'p', { k: '👗', 'k\uff5e': '' })).toBe(byBytes);
  });

  it('leaves an earlier signature out', () => {
    expect(sign(new Secret('s'), 'p', { a: '1', _aop_signature: 'X' })).toBe(
      sign(new Secret('s'), 'p', { a: '1' }),
    );
  });
});

describe('signedForm', () => {
  it('sends exactly the text that was signed, whatever it holds', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(value, brokenText)), (given) => {
        const received = Object.fromEntries(new URLSearchParams(signedForm(new Secret('s'), 'p', given)));
        expect(received['_aop_signature']).toBe(naiveSign('s', 'p', received));
      }),
    );
  });

  it('keeps signing and sending alike when a surrogate pair is split over key and value', () => {
    const received = Object.fromEntries(
      new URLSearchParams(signedForm(new Secret('s'), 'p', { '\ud83d': '\udc57' })),
    );
    expect(received['_aop_signature']).toBe(naiveSign('s', 'p', received));
  });

  it('url-encodes separators, Chinese and emoji', () => {
    expect(encodeForm({ q: '+ & % =', 连: '裙👗' })).toBe(
      'q=%2B+%26+%25+%3D&%E8%BF%9E=%E8%A3%99%F0%9F%91%97',
    );
  });

  it('gives back every value after decoding, with lone surrogates replaced', () => {
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(value, brokenText)), (given) => {
        const wellFormed = Object.fromEntries(
          Object.entries(given).map(([name, item]) => [name, item.toWellFormed()]),
        );
        expect(Object.fromEntries(new URLSearchParams(encodeForm(given)))).toEqual(wellFormed);
      }),
    );
  });
});
