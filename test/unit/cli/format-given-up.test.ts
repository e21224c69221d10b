import { expect, it } from 'vitest';
import { formatGivenUp } from '../../../src/cli/format-given-up.ts';
import type { GivenUp } from '../../../src/model/given-up.ts';
import { textRows } from '../../support/text-rows.ts';

const target: GivenUp = {
  ...{ operation: 'offer.detail', kind: 'detail', id: '7', name: '包', code: 'gw.X', failedTries: 3 },
  ...{ notBefore: new Date('2026-11-26T01:02:03Z'), ofOperation: 2, ofAll: 2 },
};
const refused = { ...target, id: '8', failedTries: 0, name: null, code: null };

it('a target has why, how often and until when; what is not known is left out', () => {
  expect(textRows(formatGivenUp([target, refused]))).toEqual([
    ['could not be fetched', 'id', 'name', 'code', 'tries', 'next try'],
    ['offer.detail', '7', '包', 'gw.X', '3', '2026-11-26 09:02:03'],
    ['offer.detail', '8', '2026-11-26 09:02:03'],
  ]);
});

it('more of them than are shown are counted', () => {
  const last = (ofAll: number) =>
    formatGivenUp([{ ...target, ofAll }, refused])
      .split('\n')
      .at(-1);
  expect(last(2)).toMatch(/^offer\.detail +8 /);
  expect(last(3)).toBe('and 1 more: `catalog-sync retry --list`');
  expect(last(1236)).toBe('and 1,234 more: `catalog-sync retry --list`');
  expect(textRows(formatGivenUp([]))).toHaveLength(1);
});
