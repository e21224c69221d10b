import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseText } from '../../../../src/transform/values/parse-text.ts';

describe('parseText', () => {
  it.each([
    ['  猫砂盆 ', '猫砂盆'],
    ['a\u0000b', 'ab'],
    ['\ud83d!', '\ufffd!'],
    [350, '350'],
    [false, 'false'],
  ])('%j becomes %j', (value, text) => {
    expect(parseText(value, 100)).toBe(text);
  });

  it.each(['', '  ', '\u0000', null, [], {}, ['a']])('%j has nothing to show', (value) => {
    expect(parseText(value, 100)).toBeNull();
  });

  it('never cuts a pair in half', () => {
    expect(parseText('ab🍵', 3)).toBe('ab');
    expect(parseText('ab🍵', 4)).toBe('ab🍵');
  });

  it('is always clean, trimmed and within its length', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 40 });
    const broken = fc.tuple(anyText, fc.constantFrom('\u0000', '\ud800', '\udc00', ' '), anyText);
    fc.assert(
      fc.property(broken, fc.integer({ min: 1, max: 50 }), (parts, maxLength) => {
        const text = parseText(parts.join(''), maxLength);
        if (text === null) return;
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toContain('\u0000');
        expect(text).toBe(text.trim());
        expect(text.length).toBeLessThanOrEqual(maxLength);
      }),
    );
  });
});
