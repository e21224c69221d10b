import { expect, test } from 'vitest';
import { callsLeft } from '../../../src/cli/show-run.ts';
import type { RunForecast } from '../../../src/model/run.ts';

const forecast: RunForecast = {
  ...{ calls: { 'search.keyword': 33, 'offer.detail': 1000 }, newOffers: 0, changedOffers: 0, seconds: 60 },
};
const run = { forecast, callsUsed: 33, budgetCalls: null };

test('calls left are those of the forecast that are not made yet, also while few of them are due', () => {
  expect(callsLeft(run, 40)).toBe(1000);
});

test('what is due counts where more is due than was forecast, or there is no forecast', () => {
  expect(callsLeft(run, 1200)).toBe(1200);
  expect(callsLeft({ ...run, forecast: null }, 40)).toBe(40);
});

test('of a run that began with nothing known, nobody knows: its forecast is a bound, and what is due grows', () => {
  expect(callsLeft({ ...run, forecast: { ...forecast, isGuess: true } }, 40)).toBeNull();
});

test('a budget bounds them', () => {
  expect(callsLeft({ ...run, budgetCalls: 100 }, 40)).toBe(67);
});
