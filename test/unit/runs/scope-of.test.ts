import { expect, it } from 'vitest';
import { scopeOf } from '../../../src/runs/scope-of.ts';

it.each([
  [['shoes'], ['shoes', 'bags'], 'feed:shoes'],
  [['shoes', 'bags'], ['shoes', 'bags', 'hats'], 'feeds:bags,shoes'],
  // The order in which feeds are named makes no other scope, and all of them are one however they are named.
  [['bags', 'shoes'], ['shoes', 'bags', 'hats'], 'feeds:bags,shoes'],
  [['bags', 'shoes'], ['shoes', 'bags'], 'all'],
  [['shoes'], ['shoes'], 'all'],
])('a run of %j out of %j has scope %s', (feeds, all, scope) => {
  expect(scopeOf(feeds, all)).toBe(scope);
});
