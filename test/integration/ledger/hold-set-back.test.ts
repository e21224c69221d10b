import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import {
  api,
  appKey,
  openLedger,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

/* As ten minutes of the longest pauses leave it at noon; then the clock is set back by three hours. */
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-05-12T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 1_000 });
  await at.db.pool.query(
    `INSERT INTO usage.api_hold (api, code, held_at, held_until, probe_after, probe_every)
     VALUES ($1, 'GATEWAY_TOO_FAST_API', '2026-05-12 12:00+08', '2026-05-13 00:00+08', '2026-05-12 13:00+08', '1 hour')`,
    [api],
  );
  await at.setTime('2026-05-12T09:00:00+08:00');
});

it('an answer ends a hold also where the clock was set back', async () => {
  const { callId } = await at.grant('probe');
  await at.ledger.markSent(callId);
  await at.ledger.settle(settlementFor(callId, { shows: 'allowed' }));
  expect(await at.ledger.reserve(requestFor('next', { lane: 'refresh' }))).toMatchObject({ kind: 'granted' });
});

it('a held API is probed every hour also where the clock was set back', async () => {
  const hourMs = 3_600_000;
  const answer = await at.ledger.reserve(requestFor('run', { lane: 'refresh' }));
  expect(answer).toMatchObject({ kind: 'denied', by: 'hold' });
  expect(answer.kind === 'denied' && answer.retryAfterMs).toBeLessThanOrEqual(hourMs);
});

it('the probe goes an hour after the clock was set back, and no later sweep puts it off', async () => {
  const isHeld = async () =>
    (await at.ledger.reserve(requestFor('run', { lane: 'refresh' }))).kind === 'denied';
  const setAndSweep = async (time: string) => {
    await at.setTime(time);
    await at.ledger.sweep();
  };
  await setAndSweep('2026-05-12T09:00:00+08:00');
  await setAndSweep('2026-05-12T09:59:00+08:00');
  expect(await isHeld()).toBe(true);
  await setAndSweep('2026-05-12T10:00:30+08:00');
  expect(await isHeld()).toBe(false);
});

it('an answer ends a hold of an API that was refused before the clock was set back', async () => {
  await at.db.pool.query('DELETE FROM usage.api_hold');
  await at.setTime('2026-05-12T12:00:00+08:00');
  const refused = await at.grant('refused');
  await at.ledger.markSent(refused.callId);
  const refusal = { shows: 'denied', outcome: 'gateway_error', gatewayCode: 'gw.APIACLDecline' } as const;
  await at.ledger.settle(settlementFor(refused.callId, refusal));
  await at.setTime('2026-05-12T09:00:00+08:00');
  const { callId } = await at.grant('probe');
  await at.ledger.markSent(callId);
  await at.ledger.settle(settlementFor(callId, { shows: 'allowed' }));
  expect(await at.quota.listHolds()).toEqual([]);
});
