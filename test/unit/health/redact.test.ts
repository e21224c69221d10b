import { expect, it } from 'vitest';
import { createRedactor } from '../../../src/health/webhook/redact.ts';

it.each([
  ['a secret that begins as another one does', 'abcdefgh/abcdefghijkl', 'abcdefghijkl', '[secret]'],
  ['a secret within another one', 'efghijkl/abcdefghijkl', 'abcdefghijkl', '[secret]'],
  ['both, one after the other', 'abcdefgh/abcdefghijkl', 'abcdefgh abcdefghijkl', '[secret] [secret]'],
  ['a parameter', 'send?token=12345678', 'no 12345678', 'no [secret]'],
  ['a parameter as the address has it', 'send?token=%2B1234567', 'no %2B1234567', 'no [secret]'],
  ['a parameter as it is meant', 'send?token=%2B1234567', 'no +1234567', 'no [secret]'],
  ['a word of seven letters', 'webhook/12345678', 'the webhook', 'the webhook'],
])('%s is taken out as a whole', (_, path, said, left) => {
  expect(createRedactor(new URL(`https://example.com/${path}`), null)(said)).toBe(left);
});

it('the secret for signatures is taken out too', () => {
  expect(createRedactor(new URL('https://example.com/'), 'SEC12345')('with SEC12345')).toBe('with [secret]');
});
