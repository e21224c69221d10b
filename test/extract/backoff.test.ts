import { expect, it } from 'vitest';
import { createBackoff } from '../../src/extract/gateway/backoff.ts';

function setup() {
  let nowMs = Date.parse('2026-10-10T00:00:00Z');
  const clock = { now: () => new Date(nowMs) };
  return { backoff: createBackoff(clock), clock, advance: (ms: number) => (nowMs += ms) };
}

it('pauses double from 10 s to 120 s over consecutive refusals', () => {
  const { backoff, clock, advance } = setup();
  const pauses = Array.from({ length: 6 }, () => {
    const pauseMs = backoff.refused('app', clock.now());
    advance(pauseMs);
    return pauseMs;
  });
  expect(pauses).toEqual([10_000, 20_000, 40_000, 80_000, 120_000, 120_000]);
});

it('calls that were under way when the pause began do not lengthen it', () => {
  const { backoff, clock, advance } = setup();
  const sentAt = clock.now();
  advance(700);
  backoff.refused('app', sentAt);
  advance(1_000);
  expect(backoff.refused('app', sentAt)).toBe(9_000);
});

it('a pause of the app holds every API, a pause of an API only that one', () => {
  const { backoff, clock } = setup();
  backoff.refused('a:b:1', clock.now());
  expect([backoff.remainingMs('a:b:1'), backoff.remainingMs('c:d:1')]).toEqual([10_000, 0]);
  backoff.refused('app', clock.now());
  expect(backoff.remainingMs('c:d:1')).toBe(10_000);
});

it('a good answer ends the series, unless it was sent before the pause', () => {
  const { backoff, clock, advance } = setup();
  const early = clock.now();
  advance(10);
  backoff.refused('app', clock.now());
  backoff.accepted('a:b:1', early);
  expect(backoff.remainingMs('a:b:1')).toBe(10_000);
  advance(10_001);
  backoff.accepted('a:b:1', clock.now());
  advance(1);
  expect(backoff.refused('app', clock.now())).toBe(10_000);
});
