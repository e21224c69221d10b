import { expect, test } from 'vitest';
import { scopeToRun } from '../../../../src/web/pages/run-now.ts';

const actions = { scopes: ['all', 'bags', 'toys'] };

test.each([
  ['all', ['toys', 'bags']],
  ['all', ['toys', 'bags', 'gone']],
  ['bags', ['bags']],
  [null, ['gone']],
  [null, ['bags', 'gone']],
  [null, []],
])('%s starts the feeds %j again', (scope, feeds) => {
  expect(scopeToRun({ actions }, feeds)).toBe(scope);
});

test('nothing starts feeds where there are none, or where pages only read', () => {
  expect(scopeToRun({ actions: { scopes: ['all'] } }, [])).toBeNull();
  expect(scopeToRun({ actions: null }, ['bags'])).toBeNull();
});
