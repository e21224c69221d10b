import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createOutageWarning } from '../../../src/jobs/outage-warning.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** How many lines the log has once errors came, each so many milliseconds after the first. */
function count(
  backend: 'redis' | 'postgres',
  errors: readonly (readonly [ms: number, error: Error])[],
): number {
  let lines = 0;
  const stream = { write: () => void (lines += 1) };
  const warn = createOutageWarning(createLogger({ level: 'warn', pretty: false, stream }), backend);
  for (const [ms, error] of errors) {
    vi.setSystemTime(ms);
    warn(error);
  }
  return lines;
}

const withCode = (code: string) => Object.assign(new Error(code), { code });
const [refused, reset] = [withCode('ECONNREFUSED'), withCode('ECONNRESET')];
/** That of a pool whose connections are all in use. */
const full = new Error('timeout exceeded when trying to connect');
const retried = new Error('Reached the max retries per request limit (which is 1).');

it('an outage lasts until no connection failed for 30 s', () => {
  const until = (ms: number) =>
    count('redis', [
      [0, refused],
      [29_999, refused],
      [ms, refused],
    ]);
  expect(until(59_998)).toBe(1);
  expect(until(59_999)).toBe(2);
});

it('a Redis that is away is one outage, whatever the client says of it', () => {
  expect(
    count('redis', [
      [0, refused],
      [1, reset],
      [2, retried],
    ]),
  ).toBe(1);
});

it('what is no outage has a line each time', () => {
  const error = new Error('a defect');
  for (const backend of ['redis', 'postgres'] as const)
    expect(
      count(backend, [
        [0, error],
        [1, error],
      ]),
    ).toBe(2);
  const other = withCode('WRONGPASS9');
  expect(
    count('redis', [
      [0, other],
      [1, other],
    ]),
  ).toBe(2);
});

it('a Postgres that is away is one outage for each code', () => {
  expect(
    count('postgres', [
      [0, refused],
      [1, reset],
      [2, full],
      [3, full],
      [4, refused],
    ]),
  ).toBe(2);
});
