import { expect, test } from 'vitest';
import { Secret } from '../../../../src/core/secret.ts';
import { createSessions } from '../../../../src/web/guard/sessions.ts';
import { createHandClock } from '../../../support/gateway-inputs.ts';

const token = new Secret('a token of people');

test('a session lives for twelve hours, and not before it began', () => {
  const clock = createHandClock();
  const sessions = createSessions({ token, clock });
  const { session, cookie } = sessions.begin('token');
  expect(session.id).toMatch(/^[\w-]{24}$/);
  clock.advance(12 * 3_600_000);
  expect(sessions.read(cookie)).toEqual(session);
  clock.advance(1);
  expect(sessions.read(cookie)).toBeNull();
  clock.advance(-12 * 3_600_000 - 2);
  expect(sessions.read(cookie)).toBeNull();
});

test('a cookie that anybody has touched is none', () => {
  const sessions = createSessions({ token, clock: createHandClock() });
  const { cookie } = sessions.begin('token');
  const [id = '', kind = '', begun = '', signature = ''] = cookie.split('.');
  expect(sessions.read([id, kind, String(Number(begun) + 1), signature].join('.'))).toBeNull();
  expect(
    sessions.read(
      [id, kind, begun, `${signature.startsWith('a') ? 'b' : 'a'}${signature.slice(1)}`].join('.'),
    ),
  ).toBeNull();
  expect(sessions.read(`${cookie}x`)).toBeNull();
  expect(sessions.read(undefined)).toBeNull();
});

test('all processes with the token know its sessions, and those with another do not', () => {
  const clock = createHandClock();
  const { session, cookie } = createSessions({ token, clock }).begin('token');
  expect(createSessions({ token, clock }).read(cookie)).toEqual(session);
  expect(createSessions({ token: new Secret('another'), clock }).read(cookie)).toBeNull();
  const open = createSessions({ token: null, clock });
  expect(createSessions({ token: null, clock }).read(open.begin('loopback').cookie)).toBeNull();
});

test('a session of this machine is not enough where a token is required, nor the other way round', () => {
  const clock = createHandClock();
  const closed = createSessions({ token, clock });
  expect(closed.read(closed.begin('loopback').cookie)).toBeNull();
  const open = createSessions({ token: null, clock });
  const { session, cookie } = open.begin('loopback');
  expect(open.read(cookie)).toEqual(session);
  expect(open.read(open.begin('token').cookie)).toBeNull();
});

test('a form belongs to one session, and a token is text', () => {
  const sessions = createSessions({ token, clock: createHandClock() });
  const [one, other] = [sessions.begin('token').session, sessions.begin('token').session];
  expect(sessions.isCsrfToken(one, sessions.csrfToken(one))).toBe(true);
  for (const given of [sessions.csrfToken(other), undefined, ''])
    expect(sessions.isCsrfToken(one, given)).toBe(false);
  expect([
    sessions.isToken('a token of people'),
    sessions.isToken('another'),
    sessions.isToken(undefined),
  ]).toEqual([true, false, false]);
  expect(createSessions({ token: null, clock: createHandClock() }).isToken('')).toBe(false);
});
