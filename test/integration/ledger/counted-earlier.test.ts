import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import type { Settlement } from '../../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

/* What becomes of calls that were made before a limit began, and of limits that end and begin again. */

let at: OpenLedger;
let asked = 0;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  for (const of of [api, otherApi])
    await at.quota.setLimit({ appKey, api: of, period: 'day', callLimit: 1_000 });
  await at.setTime('2026-05-12T12:00:00+08:00');
});

const callOf = async (...apis: readonly string[]) => {
  for (const of of apis) await at.grant(`call ${String(asked++)}`, { api: of });
};
const group = (apis: readonly string[], daily: number | null = 1_000, monthly: number | null = 10_000) =>
  at.quota.applyGroups(appKey, [{ name: 'both', apis, daily, monthly }]);
const settle = (callId: string, settlement: Partial<Settlement>) =>
  at.ledger.settle(settlementFor(callId, settlement));

/** Of the day and of the month; null: there is no such limit. */
async function used(name: string): Promise<(number | null)[]> {
  const { rows } = await at.db.pool.query<{ period_kind: string; used: number }>(
    `SELECT period_kind, used FROM usage.quota_status WHERE api = $1`,
    [name],
  );
  return ['day', 'month'].map((kind) => rows.find((row) => row.period_kind === kind)?.used ?? null);
}

describe('a limit that ends and begins again', () => {
  it('counts each call once, however often it does', async () => {
    await group([api]);
    await callOf(api);
    for (const made of [2, 4, 6]) {
      await group([api], null, null);
      expect(await used('@both')).toEqual([null, null]);
      await callOf(api);
      await group([api]);
      expect(await used('@both')).toEqual([made, made]);
      await callOf(api);
    }
    expect(await used('@both')).toEqual([7, 7]);
  });

  it('counts each call once where the day ends and the month stays', async () => {
    await group([api]);
    await callOf(api);
    await group([api], null);
    await callOf(api, api);
    await group([api]);
    expect(await used('@both')).toEqual([3, 3]);
    await at.setTime('2026-05-13T12:00:00+08:00');
    await callOf(api);
    await group([api], 1_000, null);
    await callOf(api);
    await group([api]);
    expect(await used('@both')).toEqual([2, 5]);
  });

  it.each(['day', 'month'] as const)('counts each call of its rolling %s once', async (period) => {
    const limit = { appKey, api: '*', period, callLimit: 1_000, reset: 'rolling' } as const;
    const isOfDay = period === 'day';
    const expectUsed = async (calls: number) => {
      expect(await used('*')).toEqual(isOfDay ? [calls, null] : [null, calls]);
    };
    await callOf(api, otherApi);
    for (const made of [2, 4, 6]) {
      await at.quota.setLimit(limit);
      await expectUsed(made);
      await callOf(api);
      await at.quota.liftLimit({ appKey, account: 'business', apis: [] }, limit);
      await callOf(otherApi);
    }
    await at.quota.setLimit({ ...limit, reset: 'calendar' });
    await expectUsed(8);
    await at.quota.setLimit(limit);
    await expectUsed(8);
  });
});

it('a group that an API leaves and joins again counts each call once', async () => {
  await callOf(api, otherApi);
  await group([api, otherApi]);
  await callOf(api);
  await group([otherApi]);
  await callOf(api, otherApi, otherApi);
  expect(await used('@both')).toEqual([5, 5]);
  await group([api, otherApi]);
  expect(await used('@both')).toEqual([6, 6]);
  await group([api]);
  await group([otherApi]);
  await group([api, otherApi]);
  expect(await used('@both')).toEqual([6, 6]);
});

describe('a call that was made before', () => {
  it('counts on the next day, too, where it may arrive then', async () => {
    await at.setTime('2026-05-11T23:59:40+08:00');
    await callOf(otherApi);
    await group([api, otherApi]);
    expect(await used('@both')).toEqual([1, 1]);
    await at.setTime('2026-05-12T12:00:00+08:00');
    expect([await used(otherApi), await used('@both')]).toEqual([
      [1, null],
      [1, 1],
    ]);
  });

  it('leaves a rolling day when it would have, had there been the limit', async () => {
    await at.setTime('2026-05-12T12:40:00+08:00');
    await callOf(api);
    await at.setTime('2026-05-12T12:50:00+08:00');
    const limit = { appKey, api: '*', period: 'day', callLimit: 1, reset: 'rolling' } as const;
    await at.quota.setLimit(limit);
    // It arrived at 12:40 or somewhat later: a day later there is no room yet.
    await at.setTime('2026-05-13T12:39:00+08:00');
    expect(await at.ledger.reserve(requestFor('early'))).toMatchObject({ kind: 'denied', by: 'day' });
    await at.setTime('2026-05-13T13:02:00+08:00');
    expect(await at.ledger.reserve(requestFor('late'))).toMatchObject({ kind: 'granted' });
  });

  it('is given back when it was not sent, by its settlement or by a sweep', async () => {
    const { callId } = await at.grant('settled');
    await callOf(api, api);
    await group([api]);
    expect(await used('@both')).toEqual([3, 3]);
    await settle(callId, { state: 'refunded', outcome: 'not_sent', body: null });
    expect(await used('@both')).toEqual([2, 2]);
    await at.setTime('2026-05-12T13:00:00+08:00');
    expect(await at.ledger.sweep()).toEqual({ refunded: 2, unknown: 0 });
    expect(await used('@both')).toEqual([0, 0]);
  });

  it('counts once when an answer proves it, whatever was thought of it', async () => {
    const unknown = await at.grant('unknown');
    await settle(unknown.callId, { state: 'unknown', outcome: 'transport_error', body: null });
    const refunded = await at.grant('refunded');
    await settle(refunded.callId, { state: 'refunded', outcome: 'not_sent', body: null });
    await group([api]);
    expect(await used('@both')).toEqual([1, 1]);
    for (const { callId } of [unknown, refunded]) await settle(callId, {});
    expect(await used('@both')).toEqual([2, 2]);
  });

  it('counts while it is being settled, and the limit does not wait for that for long', async () => {
    const { callId } = await at.grant('settled');
    await callOf(api);
    await inTransaction(at.db.pool, async (client) => {
      await client.query('SELECT FROM usage.in_flight WHERE call_id = $1 FOR UPDATE', [callId]);
      await group([api]);
    });
    expect(await used('@both')).toEqual([2, 2]);
    await settle(callId, { state: 'unknown', outcome: 'transport_error', body: null });
    await settle(callId, {});
    expect(await used('@both')).toEqual([2, 2]);
  });
});
