import { expect, it } from 'vitest';
import { parseWhatIf, type WhatIf } from '../../../src/cli/parse-what-if.ts';

const parse = (...flags: readonly string[]) => [
  ...flags.reduce<WhatIf>((before, text) => parseWhatIf(text, before), new Map()),
];
const count = (limits: number) => Array.from({ length: limits }, (_, index) => index + 1).join(',');

it('limits have bounds, and may have spaces around them', () => {
  expect(parse('offer.detail=1,10000000')).toEqual([['offer.detail', [1, 10_000_000]]]);
  expect(parse(' offer.detail = 5 , 6 ')).toEqual([['offer.detail', [5, 6]]]);
});

it('limits of one operation are added to those of the flags before, each once', () => {
  const flags = ['offer.detail=5,6,5', 'search.image=7', 'offer.detail=6,8'];
  expect(parse(...flags)).toEqual([
    ['offer.detail', [5, 6, 8]],
    ['search.image', [7]],
  ]);
});

it('combinations of several operations are counted: 24, and no more', () => {
  expect(parse(`offer.detail=${count(24)}`)[0]?.[1]).toHaveLength(24);
  expect(parse(`offer.detail=${count(4)}`, `search.image=${count(6)}`)).toHaveLength(2);
  expect(() => parse(`offer.detail=${count(5)}`, `search.image=${count(5)}`)).toThrow(
    'These are 25 combinations of limits. Ask for 24 at most.',
  );
});
