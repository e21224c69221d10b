import { expect, it } from 'vitest';
import { describePace } from '../../../src/ledger/found-paces.ts';

it.each([
  [4.64, 24.24, '4.6 of 24.2 calls a second'],
  [1, 3, '1.0 of 3.0 calls a second'],
  [0.99, 3, '0.99 of 3.0 calls a second'],
  [0.25, null, '0.25 calls a second'],
])('a pace of %d where %s is declared is %s', (perSecond, declaredPerSecond, text) => {
  const pace = { appKey: 'app', api: '*', perSecond, declaredPerSecond, changedAt: null };
  expect(describePace(pace)).toBe(text);
});
