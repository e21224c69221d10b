import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, requestFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

const used = async () => {
  const { rows } = await at.db.pool.query<{ used: number }>(
    `SELECT used FROM usage.quota_status WHERE api = '@both' AND period_kind = 'day'`,
  );
  return rows[0]?.used;
};

it('an API that joins brings its calls also where one that joined after its calls has left', async () => {
  const both = (apis: readonly string[]) =>
    at.quota.applyGroups(appKey, [{ name: 'both', apis, daily: 4, monthly: null }]);
  for (const of of [api, otherApi])
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
  await at.setTime('2026-05-12T12:00:00+08:00');
  for (const [n, of] of [api, api, otherApi, otherApi].entries()) await at.grant(`call ${n}`, { api: of });
  // The group begins: `api` brings its two calls, and leaves when `otherApi` comes in its place.
  await both([api]);
  expect(await used()).toBe(2);
  await both([otherApi]);
  // As limit-changes.ts says: those that one made in a group that it leaves stay counted there.
  expect(await used()).toBe(4);
  expect((await at.ledger.reserve(requestFor('more', { api: otherApi }))).kind).toBe('denied');
});
