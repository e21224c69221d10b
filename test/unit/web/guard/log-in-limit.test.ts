import { expect, it } from 'vitest';
import { createLogInLimit } from '../../../../src/web/guard/log-in-limit.ts';
import { createHandClock } from '../../../support/gateway-inputs.ts';

const start = () => {
  const clock = createHandClock();
  return { clock, limit: createLogInLimit(clock) };
};

it('the fifth wrong token of an address makes it wait for a minute from its first, and no other address', () => {
  const { clock, limit } = start();
  for (let wrong = 1; wrong <= 4; wrong += 1) {
    limit.addWrong('a');
    clock.advance(1_000);
  }
  expect(limit.waitSeconds('a')).toBe(0);
  limit.addWrong('a');
  expect(limit.waitSeconds('a')).toBe(56);
  expect(limit.waitSeconds('b')).toBe(0);
  clock.advance(55_999);
  expect(limit.waitSeconds('a')).toBe(1);
  clock.advance(1);
  expect(limit.waitSeconds('a')).toBe(0);
});

it('fifty wrong tokens from as many addresses make every address wait until the first is a minute old', () => {
  const { clock, limit } = start();
  for (let wrong = 1; wrong <= 49; wrong += 1) limit.addWrong(`address ${String(wrong)}`);
  expect(limit.waitSeconds('another')).toBe(0);
  clock.advance(20_000);
  limit.addWrong('address 50');
  expect(limit.waitSeconds('another')).toBe(40);
  clock.advance(40_000);
  expect(limit.waitSeconds('another')).toBe(0);
});

it('an address waits from its own first wrong token, and not from that of another', () => {
  const { clock, limit } = start();
  limit.addWrong('b');
  clock.advance(10_000);
  for (let wrong = 0; wrong < 5; wrong += 1) limit.addWrong('a');
  expect(limit.waitSeconds('a')).toBe(60);
});
