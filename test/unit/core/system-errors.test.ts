import { constants } from 'node:os';
import { readFileSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { expect, it } from 'vitest';
import { toAppError } from '../../../src/core/errors.ts';

/** As Node makes it of what the operating system answers. */
function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: refused, open '/x'`), { code, syscall: 'open', path: '/x' });
}

it.each(Object.keys(constants.errno))('%s of the operating system is no defect of the product', (code) => {
  const error = toAppError(systemError(code));
  expect(error).toMatchObject({
    code: expect.stringMatching(/^SYSTEM_/) as string,
    facts: { systemCode: code },
  });
  expect(error.message).toContain('/x');
});

it.each([
  ['ENOSPC', 'SYSTEM_DISK_FULL'],
  ['EDQUOT', 'SYSTEM_DISK_FULL'],
  ['EACCES', 'SYSTEM_ACCESS_REFUSED'],
  ['EROFS', 'SYSTEM_ACCESS_REFUSED'],
  ['EMFILE', 'SYSTEM_LIMIT_REACHED'],
  ['ECONNREFUSED', 'SYSTEM_NETWORK_FAILED'],
  ['ENOTFOUND', 'SYSTEM_NETWORK_FAILED'],
  ['EIO', 'SYSTEM_FAILED'],
])('%s is %s', (code, kind) => {
  expect(toAppError(systemError(code)).code).toBe(kind);
});

it('a refusal is found below the error that tells of it', () => {
  const failed = new TypeError('fetch failed', { cause: new AggregateError([systemError('ECONNREFUSED')]) });
  expect(toAppError(failed).code).toBe('SYSTEM_NETWORK_FAILED');
});

/** `error` below `count` others, each the cause of the one above it. */
function wrap(error: Error, count: number): Error {
  let outermost = error;
  for (let n = 1; n <= count; n += 1) outermost = new Error(`wrapped ${n} times`, { cause: outermost });
  return outermost;
}

it('a refusal is found below up to eight errors, and causes in a circle end', () => {
  expect(toAppError(wrap(systemError('ENOSPC'), 8)).code).toBe('SYSTEM_DISK_FULL');
  expect(toAppError(wrap(systemError('ENOSPC'), 9)).code).toBe('INTERNAL');
  const circle = new Error('first');
  circle.cause = new Error('second', { cause: circle });
  expect(toAppError(circle).code).toBe('INTERNAL');
});

it('a real one is read like a made one, and a mistake of ours stays one', () => {
  const thrownBy = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };
  expect(toAppError(thrownBy(() => readFileSync('/proc/self/mem/x')))).toMatchObject({
    code: 'SYSTEM_FAILED',
  });
  expect(getSystemErrorName(-constants.errno.ENOSPC)).toBe('ENOSPC');
  expect(toAppError(thrownBy(() => readFileSync(null as unknown as string))).code).toBe('INTERNAL');
  expect(toAppError(new RangeError('x')).code).toBe('INTERNAL');
});
