import { expect, test } from 'vitest';
import { createLogInLimit } from '../../../../src/web/guard/log-in-limit.ts';

function createLimit() {
  let ms = 0;
  const limit = createLogInLimit({ now: () => new Date(ms) });
  return { limit, wait: (passedMs: number) => (ms += passedMs) };
}

test('the fifth wrong token of an address makes it wait until the first is a minute old, and no other', () => {
  const { limit, wait } = createLimit();
  for (let wrong = 0; wrong < 4; wrong += 1) {
    limit.addWrong('a');
    wait(1000);
  }
  expect(limit.waitSeconds('a')).toBe(0);
  limit.addWrong('a');
  expect([limit.waitSeconds('a'), limit.waitSeconds('b')]).toEqual([56, 0]);
  wait(56_000);
  expect(limit.waitSeconds('a')).toBe(0);
});

test('fifty wrong tokens from as many addresses make every address wait', () => {
  const { limit, wait } = createLimit();
  for (let address = 0; address < 49; address += 1) limit.addWrong(`address ${String(address)}`);
  expect(limit.waitSeconds('another')).toBe(0);
  limit.addWrong('address 49');
  expect(limit.waitSeconds('another')).toBe(60);
  wait(60_000);
  expect(limit.waitSeconds('another')).toBe(0);
});

test('an address waits from its own first wrong token, and not from that of another', () => {
  const { limit, wait } = createLimit();
  limit.addWrong('b');
  wait(10_000);
  for (let wrong = 0; wrong < 5; wrong += 1) limit.addWrong('a');
  expect(limit.waitSeconds('a')).toBe(60);
});
