import { expect, test } from 'vitest';
import { nearestKey } from '../../../src/config/nearest-key.ts';

test.each([
  ['a missing letter', 'feds', ['quotas', 'feeds'], 'feeds'],
  ['a letter too many', 'feeeds', ['quotas', 'feeds'], 'feeds'],
  ['another letter', 'feexs', ['quotas', 'feeds'], 'feeds'],
  ['upper case', 'FEEDS', ['quota', 'feeds'], 'feeds'],
  ['a key too short to resemble any', 'x', ['offers', 'id'], 'id'],
  ['nothing to choose between', 'x', ['a', 'b'], 'a'],
  ['no choice', 'x', [], undefined],
])('the nearest key is found with %s', (_, key, known, nearest) => {
  expect(nearestKey(key, known)).toBe(nearest);
});
