import { expect, test } from 'vitest';
import { AppError, coreErrors, defineErrors, errorMessage, toAppError } from '../../../src/core/errors.ts';

test('a kind knows the code it is listed under', () => {
  const kinds = defineErrors({ TOO_FAST: { origin: '1688', recovery: 'throttle', remedy: 'Wait.' } });
  const error = new AppError(kinds.TOO_FAST, 'called too fast', { facts: { api: 'a' }, retryAfterMs: 500 });
  expect(error).toMatchObject({
    name: 'AppError',
    code: 'TOO_FAST',
    recovery: 'throttle',
    message: 'called too fast',
    facts: { api: 'a' },
    retryAfterMs: 500,
  });
});

test('a cause is kept, and absent when there is none', () => {
  const cause = new Error('socket closed');
  expect(new AppError(coreErrors.INTERNAL, 'x', { cause }).cause).toBe(cause);
  expect('cause' in new AppError(coreErrors.INTERNAL, 'x')).toBe(false);
});

test('what nobody classified is our defect, with the original as its cause', () => {
  const foreign = new TypeError('undefined is not a function');
  expect(toAppError(foreign)).toMatchObject({ code: 'INTERNAL', message: foreign.message, cause: foreign });
  const known = new AppError(coreErrors.CONFIG_INVALID, 'x');
  expect(toAppError(known)).toBe(known);
});

test('anything thrown has a text', () => {
  expect([new Error('a'), 'b', 3, null, undefined].map(errorMessage)).toEqual([
    'a',
    'b',
    '3',
    'null',
    'undefined',
  ]);
});

test('every kind says what to do', () => {
  for (const kind of Object.values(coreErrors)) expect(kind.remedy).toMatch(/^[A-Z].{20,}\.$/);
});
