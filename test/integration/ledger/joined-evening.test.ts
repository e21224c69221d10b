import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

const used = async (name: string) => {
  const { rows } = await at.db.pool.query<{ used: number }>(
    `SELECT used FROM usage.quota_status WHERE api = $1 AND period_kind = 'day'`,
    [name],
  );
  return rows[0]?.used;
};

it('an API that joins a group brings a call of the evening that may have arrived today', async () => {
  for (const of of [api, otherApi])
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
  const both = (apis: readonly string[]) =>
    at.quota.applyGroups(appKey, [{ name: 'both', apis, daily: 10, monthly: null }]);
  await at.setTime('2026-05-11T23:00:00+08:00');
  await both([api]);
  await at.setTime('2026-05-11T23:59:50+08:00');
  const { observedAt } = await at.grant('evening', { api: otherApi });
  expect(observedAt.getTime()).toBeLessThan(Date.parse('2026-05-12T00:00:00+08:00'));
  await at.setTime('2026-05-12T00:05:00+08:00');
  // Its own day counts it.
  expect(await used(otherApi)).toBe(1);
  await both([api, otherApi]);
  expect(await used('@both')).toBe(1);
});
