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
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-05-12T12:00:00+08:00');
  await at.quota.setLimit({ appKey, api, period: 'day', callLimit: 1_000 });
});
const call = async (name: string, shows: 'unavailable' | 'allowed') => {
  const { callId } = await at.grant(name);
  await at.ledger.markSent(callId);
  await at.ledger.settle(
    settlementFor(
      callId,
      shows === 'allowed' ? { shows } : { shows, state: 'unknown', outcome: 'transport_error', body: null },
    ),
  );
};
it('one call finds out whether an outage is over, also where the clock was set back', async () => {
  for (let i = 0; i < 5; i++) await call(`c${i}`, 'unavailable');
  await at.setTime('2026-05-12T09:00:00+08:00');
  const kinds = [];
  for (let i = 0; i < 3; i++)
    kinds.push((await at.ledger.reserve(requestFor(`d${i}`, { lane: 'refresh' }))).kind);
  expect(kinds).toEqual(['granted', 'denied', 'denied']);
});
