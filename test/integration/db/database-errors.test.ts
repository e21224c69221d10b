import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { describeHolder, lockedError } from '../../../src/db/lock-holder.ts';
import {
  isDatabaseOutage,
  isLockTimeout,
  isMissingPartition,
  isTransactionConflict,
  toDatabaseError,
} from '../../../src/db/database-error.ts';

const system = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
const refused = system('ECONNREFUSED', 'connect');
const raised = (code: string | undefined, fields: object = {}) =>
  Object.assign(new pg.DatabaseError('no', 2, 'error'), { code, ...fields });

describe('what is no server', () => {
  it.each<[string, Error, boolean]>([
    ['a socket that is missing', system('ENOENT', 'connect'), true],
    ['a file that is missing', system('ENOENT', 'open'), false],
    ['a connection that ends while it is read', system('ECONNRESET', 'read'), true],
    ['an address that cannot be listened on', system('EADDRNOTAVAIL', 'listen'), false],
    ['a code that is none of a socket', system('EACCES', 'connect'), false],
    ['a message of the driver', new Error('Connection terminated unexpectedly'), true],
    ['another message', new Error('it was Connection terminated'), false],
    ['the first of several addresses', new AggregateError([refused, new Error('other')]), true],
    ['no address, with a code', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }), true],
    ['no address', new AggregateError([]), false],
  ])('%s', (_, error, isAway) => {
    expect(isDatabaseOutage(error)).toBe(isAway);
    const named = toDatabaseError(error);
    if (isAway) expect(named).toMatchObject({ code: 'DATABASE_UNREACHABLE' });
    else expect(named).toBe(error);
  });
});

it('an error of Postgres is named once', () => {
  const own = new AppError(databaseErrors.DATABASE_FULL, 'full');
  expect(toDatabaseError(own)).toBe(own);
  expect(isDatabaseOutage(own)).toBe(true);
  expect(isDatabaseOutage(new AppError(databaseErrors.DATABASE_REJECTED, 'no'))).toBe(false);
  expect(toDatabaseError(raised(undefined))).toMatchObject({ code: 'DATABASE_REJECTED' });
});

it.each([
  ['40P01', [true, false]],
  ['40001', [true, false]],
  ['40002', [false, false]],
  ['55P03', [false, true]],
])('SQLSTATE %s is a conflict, and a lock that was not free: %j', (state, expected) => {
  expect([isTransactionConflict(raised(state)), isLockTimeout(raised(state))]).toEqual(expected);
});

it.each<[string, Error, boolean]>([
  ['a row without a partition', raised('23514'), true],
  ['a check with its name', raised('23514', { constraint: 'positive' }), false],
  ['another refusal', raised('23505'), false],
  ['no error of Postgres', Object.assign(new Error('no'), { code: '23514' }), false],
])('a partition is missing for %s: %#', (_, error, isMissing) => {
  expect(isMissingPartition(error)).toBe(isMissing);
});

describe('a lock that was not free', () => {
  const who = { pid: 12, user: 'maria', application: 'psql' };
  const detail = { lock: 'tick', ...who, since: '2026-11-25T04:00:00+00:00' };
  it.each<[string, string | undefined, string]>([
    [
      'by whom',
      JSON.stringify(detail),
      'the lock tick is held by process 12 (user maria, application psql, since 2026-11-25 12:00 (Shanghai))',
    ],
    [
      'by whom, and no time',
      JSON.stringify({ ...detail, since: null }),
      'the lock tick is held by process 12 (user maria, application psql)',
    ],
    ['by nobody any more', '{"lock": "tick"}', 'the lock tick was not free in time'],
    ['without a word', undefined, 'a lock of the database was not free in time'],
    ['in other words', 'a {"lock": "tick"}', 'a lock of the database was not free in time'],
  ])('is held %s', (_, said, message) => {
    expect(toDatabaseError(raised('55P03', { detail: said }))).toMatchObject({
      code: 'DATABASE_LOCKED',
      message,
    });
  });

  it('is no other error with such words', () => {
    expect(toDatabaseError(raised('23505', { detail: '{"lock": "tick"}' }))).toMatchObject({
      code: 'DATABASE_REJECTED',
    });
  });

  it('has a holder whom this login may not know', () => {
    const holder = { pid: 12, user: null, application: null, since: null };
    expect(describeHolder(holder)).toBe('process 12 (user unknown, application unknown)');
    expect(lockedError('tick', holder).facts).toEqual({ lock: 'tick', ...holder });
    expect(lockedError('tick', null).facts).toEqual({ lock: 'tick' });
  });
});
