import { expect, it } from 'vitest';
import { parseWatchList, readOfferId } from '../../../src/config/parse-watch-list.ts';

it.each([
  ['610947572360', '610947572360'],
  ['https://detail.1688.com/offer/610947572360.html', '610947572360'],
  ['detail.1688.com/offer/610947572360.html?spm=a2615.2177701', '610947572360'],
  ['http://m.1688.com/offer/610947572360.html#top', '610947572360'],
  ['9223372036854775807', '9223372036854775807'],
  ['9223372036854775808', null],
  ['0610947572360', null],
  ['-1', null],
  ['6.1e11', null],
  ['https://detail.1688.com.evil.example/offer/610947572360.html', null],
  ['https://detail.1688.com/offer/610947572360', '610947572360'],
  ['包包', null],
])('the id of %s is %s', (text, id) => {
  expect(readOfferId(text)).toBe(id);
});

it('has an offer a line, in the first column, and keeps the good lines when others are bad', () => {
  const text = [
    '\uFEFFoffer,note',
    '610947572360,"a bag, red"',
    '  "610947572361" ;second',
    '',
    '# a remark',
    'https://detail.1688.com/offer/610947572362.html\tthird',
    'no id, 610947572363',
    '610947572360',
    `=cmd|' /C calc'!A0`,
  ];
  for (const end of ['\n', '\r\n', '\r'])
    expect(parseWatchList(text.join(end))).toEqual({
      offers: ['610947572360', '610947572361', '610947572362'],
      badLines: [
        { line: 7, text: 'no id' },
        { line: 9, text: `=cmd|' /C calc'!A0` },
      ],
    });
});

it('a first line with an id is no head', () => {
  expect(parseWatchList('1\n2').offers).toEqual(['1', '2']);
  expect(parseWatchList('head\nx').badLines).toEqual([{ line: 2, text: 'x' }]);
  expect(parseWatchList('')).toEqual({ offers: [], badLines: [] });
});

it('ten thousand lines take no time to speak of', () => {
  const text = Array.from(
    { length: 10_000 },
    (_, n) => `https://detail.1688.com/offer/${String(6e11 + n)}.html`,
  );
  const before = performance.now();
  expect(parseWatchList(text.join('\n')).offers).toHaveLength(10_000);
  expect(performance.now() - before).toBeLessThan(1_000);
});
