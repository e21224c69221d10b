import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { api, appKey, openLedger, type OpenLedger } from '../../support/open-ledger.ts';

/*
 * A month of a personal account, call by call, through the ledger's own functions: 500 a day and 15,000 a month,
 * which are 483.9 a day over 31 days.
 */

const limits = { day: 500, month: 15_000 };
const days = Array.from({ length: 31 }, (_, index) => `2026-12-${String(index + 1).padStart(2, '0')}`);
const hours = ['00:05', '06:00', '12:00', '18:00', '21:55', '22:30', '23:00', '23:30', '23:58'];

/** Asks until one call is refused. Not all in one transaction: the rows' old versions would slow it down. */
const takeProcedure = `
  CREATE PROCEDURE take(p_app_key text, p_api text, p_lane text, p_name text, p_max int, INOUT granted int)
  LANGUAGE plpgsql AS $$
  BEGIN
    FOR n IN 1..p_max LOOP
      EXIT WHEN (usage.reserve(p_app_key, p_api, 'offer.detail', '{}', sha256(convert_to(p_name || n, 'UTF8')), p_lane,
                               NULL, NULL, NULL, '0', '5 s', '60 s', false, NULL)).kind <> 'granted';
      granted := granted + 1;
      IF n % 20 = 0 THEN COMMIT; END IF;
    END LOOP;
  END $$`;

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
  await at.db.pool.query(takeProcedure);
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  // Limits are changed before the month begins, whatever day it really is: an earlier one would hold in a part of it.
  await at.setTime('2026-11-30T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: limits.day });
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: limits.month });
});

let asked = 0;

/** Asks for calls until one is refused. Returns how many were granted, at most `most`. */
async function take(lane: 'refresh' | 'manual', max: number): Promise<number> {
  const { rows } = await at.db.pool.query<{ granted: number }>('CALL take($1, $2, $3, $4, $5, 0)', [
    ...[appKey, api, lane, `${asked++}-`, max],
  ]);
  return rows[0]?.granted ?? 0;
}

/** A day on which there is always work, and somebody asks for a few calls by hand at its busiest end. */
async function playDay(day: string, manualCalls: number): Promise<{ refresh: number; manual: number }> {
  let refresh = 0;
  let manual = 0;
  for (const hour of hours) {
    await at.setTime(`${day}T${hour}:00+08:00`);
    refresh += await take('refresh', limits.day + 5);
    if (hour === '21:55') manual = await take('manual', manualCalls);
  }
  return { refresh, manual };
}

it(
  'a month is used to 99 % and more, with calls on each of its days and some by hand',
  { timeout: 300_000 },
  async () => {
    const played = [];
    for (const day of days) played.push(await playDay(day, 10));
    const perDay = played.map(({ refresh, manual }) => refresh + manual);
    expect(perDay.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(limits.month * 0.99);
    expect(Math.min(...perDay)).toBeGreaterThan(450);
    expect(Math.max(...perDay)).toBeLessThanOrEqual(limits.day);
    expect(played.map(({ manual }) => manual)).toEqual(days.map(() => 10));
  },
);

it('what idle days leave over goes to all that follow', async () => {
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 2_100 });
  const perDay = [];
  for (const day of days.slice(-7)) perDay.push((await playDay(day, 0)).refresh);
  // Two minutes before a day's end, one call is still kept.
  expect(Math.min(...perDay)).toBeGreaterThanOrEqual(298);
  expect(perDay.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(2_095);
});

it('a month that others have nearly used up still has some calls for each day', async () => {
  await at.setTime('2026-12-01T09:00:00+08:00');
  await at.corrections.recordExternal(appKey, api, 14_900);
  const perDay = [];
  for (const day of days.slice(1)) perDay.push((await playDay(day, 0)).refresh);
  expect(perDay.reduce((sum, calls) => sum + calls, 0)).toBe(100);
  expect(Math.min(...perDay)).toBeGreaterThanOrEqual(3);
});

it('a rolling month, too, has calls for every day', async () => {
  await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 310, reset: 'rolling' });
  const perDay = [];
  for (const day of days) perDay.push((await playDay(day, 0)).refresh);
  expect(Math.min(...perDay)).toBeGreaterThan(0);
  expect(perDay.reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(270);
});
