import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';

test('a secret shows itself to reveal() only', () => {
  const secret = new Secret('hunter2');
  const shown = [
    String(secret),
    secret.toString(),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 5 }),
    inspect({ nested: [secret] }),
    Object.entries(secret).join(),
  ];
  expect(shown.join(' ')).not.toContain('hunter2');
  expect(shown.slice(0, 4)).toEqual(['[secret]', '[secret]', '{"secret":"[secret]"}', '[secret]']);
  expect(secret.reveal()).toBe('hunter2');
});
