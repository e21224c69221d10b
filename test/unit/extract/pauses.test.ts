import { expect, it } from 'vitest';
import { createPauses } from '../../../src/extract/gateway/pauses.ts';
import { createHandClock } from '../../support/gateway-inputs.ts';

function begin() {
  const clock = createHandClock();
  return { clock, pauses: createPauses(clock) };
}

it('a pause lasts for its time, and holds only what it is about', () => {
  const { clock, pauses } = begin();
  pauses.pause('a:b:1', 2_000);
  expect([pauses.remainingMs('a:b:1'), pauses.remainingMs('a:c:1'), pauses.remainingMs()]).toEqual([
    2_000, 0, 0,
  ]);
  clock.advance(1_999);
  expect(pauses.remainingMs('a:b:1')).toBe(1);
  clock.advance(1);
  expect(pauses.remainingMs('a:b:1')).toBe(0);
});

it('a pause of the app holds every call, and the longest of all pauses counts', () => {
  const { pauses } = begin();
  pauses.pause('app', 1_000);
  pauses.pause('a:b:1', 3_000);
  pauses.pause('token', 2_000);
  expect([pauses.remainingMs('a:c:1'), pauses.remainingMs('a:b:1', 'token')]).toEqual([1_000, 3_000]);
});

it('a shorter pause ends no longer one, and a longer one lasts from now', () => {
  const { clock, pauses } = begin();
  pauses.pause('app', 3_000);
  pauses.pause('app', 1_000);
  expect(pauses.remainingMs()).toBe(3_000);
  clock.advance(2_000);
  pauses.pause('app', 1_500);
  expect(pauses.remainingMs()).toBe(1_500);
});

it('a pause is over when the clock was set back by more than what has passed of it, and another can begin', () => {
  const { clock, pauses } = begin();
  pauses.pause('app', 2_000);
  clock.advance(500);
  clock.advance(-500);
  expect(pauses.remainingMs()).toBe(2_000);
  clock.advance(-3_600_000);
  expect(pauses.remainingMs()).toBe(0);
  pauses.pause('app', 1_000);
  expect(pauses.remainingMs()).toBe(1_000);
});

it('a pause of the time that remains changes nothing', () => {
  const { clock, pauses } = begin();
  pauses.pause('app', 3_000);
  clock.advance(1_000);
  pauses.pause('app', 2_000);
  clock.advance(-500);
  expect(pauses.remainingMs()).toBe(2_500);
});
