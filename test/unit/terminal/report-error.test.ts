import { describe, expect, test } from 'vitest';
import { reportError } from '../../../src/terminal/report-error.ts';
import { exitCodeOf } from '../../../src/core/exit-code-of.ts';
import { runErrors } from '../../../src/runs/errors.ts';
import {
  AppError,
  coreErrors,
  defineErrors,
  type ErrorKind,
  type Recovery,
} from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { extractErrors } from '../../../src/extract/errors.ts';
import { createWorld } from '../../support/in-process.ts';

function report(thrown: unknown) {
  const { stderr } = createWorld();
  return { exitCode: reportError(thrown, stderr), err: stderr.text };
}

test('an error says its code, what happened and what to do', () => {
  const { exitCode, err } = report(new AppError(coreErrors.CREDENTIALS_MISSING, 'no key to sign with'));
  expect(err).toBe(
    `error CREDENTIALS_MISSING: no key to sign with\nwhat to do: ${coreErrors.CREDENTIALS_MISSING.remedy}\n`,
  );
  expect(exitCode).toBe(4);
});

test('our own defects come with their stack and exit 1', () => {
  const { exitCode, err } = report(new TypeError('x is undefined'));
  expect(exitCode).toBe(1);
  expect(err).toMatch(/^error INTERNAL: x is undefined\nwhat to do: .+\nTypeError: x is undefined\n {4}at /);
});

test('something thrown that is no error is reported as well', () => {
  expect(report('just text').err).toContain('error INTERNAL: just text');
});

test('an outage promises nothing to a command that has ended', () => {
  const temporary = Object.values<ErrorKind>(databaseErrors).filter(({ recovery }) => recovery === 'retry');
  const promising = temporary.filter(({ remedy }) => remedy.includes('automatically'));
  expect(promising.map(({ code }) => code)).toEqual([]);
  const { err } = report(new AppError(databaseErrors.DATABASE_UNREACHABLE, 'gone'));
  expect(err).toContain('start a command that has ended again');
  // Without DATABASE_URL there is no host and port to look at.
  expect(err).toContain('Without DATABASE_URL, read server.log below .catalog-sync/postgres');
});

test('text of foreign origin in a message cannot play with the terminal', () => {
  expect(report(new AppError(coreErrors.CONFIG_INVALID, 'bad \u001b[2J value')).err).toContain(
    'bad ␛[2J value',
  );
});

describe('exit codes', () => {
  const { CONFIG_INVALID, CONFIG_FILE_INVALID, CONFIG_FILE_MISSING, CONFIG_FILE_UNREADABLE } = coreErrors;
  const { WATCH_LIST_NOT_SET, WATCH_LIST_TOO_LONG } = coreErrors;
  const { GATEWAY_SIGNATURE_REFUSED, GATEWAY_TOKEN_INVALID, AUTH_TOKEN_MISSING, GATEWAY_UNAVAILABLE } =
    extractErrors;
  const { DATABASE_REFUSED, DATABASE_NOT_MIGRATED, QUERY_REFUSED } = databaseErrors;

  test.each([
    CONFIG_INVALID,
    CONFIG_FILE_INVALID,
    CONFIG_FILE_MISSING,
    CONFIG_FILE_UNREADABLE,
    WATCH_LIST_NOT_SET,
    WATCH_LIST_TOO_LONG,
    runErrors.SCHEDULE_FEED_UNKNOWN,
    GATEWAY_SIGNATURE_REFUSED,
    GATEWAY_TOKEN_INVALID,
    AUTH_TOKEN_MISSING,
    DATABASE_REFUSED,
  ])('$code is a matter of configuration or credentials: 4', (kind) =>
    expect(exitCodeOf(new AppError(kind, ''))).toBe(4),
  );

  test.each([GATEWAY_UNAVAILABLE, DATABASE_NOT_MIGRATED, QUERY_REFUSED, coreErrors.INTERNAL])(
    '$code is not: 1',
    (kind) => expect(exitCodeOf(new AppError(kind, ''))).toBe(1),
  );

  test('a name that nothing has is wrong use: 2', () =>
    expect(exitCodeOf(new AppError(runErrors.SCHEDULE_UNKNOWN, ''))).toBe(2));

  test.each<Recovery>(['retry', 'throttle', 'skip', 'fail', 'stop-api'])(
    'a configuration code with recovery %s is no halt: 1',
    (recovery) => {
      const { CONFIG_X } = defineErrors({ CONFIG_X: { origin: 'operator', recovery, remedy: 'Wait.' } });
      expect(exitCodeOf(new AppError(CONFIG_X, ''))).toBe(1);
    },
  );
});
