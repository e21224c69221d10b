import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { api, appKey, openLedger, requestFor, type OpenLedger } from '../../support/open-ledger.ts';

/* A limit that ends and begins again on one day: the calls made meanwhile count. */

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-05-12T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 1_000 });
});

async function expectDenied(name: string): Promise<void> {
  const { rows } = await at.db.pool.query<{ used: number }>(
    `SELECT used FROM usage.quota_status WHERE api = $1 AND period_kind = 'day'`,
    [name],
  );
  expect(rows).toEqual([{ used: 3 }]);
  expect(await at.ledger.reserve(requestFor('more'))).toMatchObject({ kind: 'denied', by: 'day' });
}

it('of a group', async () => {
  const both = (daily: number | null) =>
    at.quota.applyGroups(appKey, [{ name: 'both', apis: [api], daily, monthly: 1_000 }]);
  await both(3);
  await at.grant('first');
  await both(null);
  await at.grant('second');
  await at.grant('third');
  await both(3);
  await expectDenied('@both');
});

it('of the app', async () => {
  const limit = { appKey, api: '*', period: 'day', callLimit: 3 } as const;
  await at.quota.setLimit(limit);
  await at.grant('first');
  await at.quota.liftLimit({ appKey, account: 'business', apis: [api] }, limit);
  await at.grant('second');
  await at.grant('third');
  await at.quota.setLimit(limit);
  await expectDenied('*');
});
