import { expect, it } from 'vitest';
import { countOf } from '../../../src/core/count-of.ts';

it.each([
  [0, '0 offers'],
  [1, '1 offer'],
  [2355, '2,355 offers'],
])('%d is said with its noun', (amount, said) => {
  expect(countOf(amount, 'offer')).toBe(said);
});

it('a plural that does not end with an s alone is named', () => {
  expect([1, 2].map((amount) => countOf(amount, 'search', 'searches'))).toEqual(['1 search', '2 searches']);
});
