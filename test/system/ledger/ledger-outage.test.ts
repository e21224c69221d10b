import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerSign, ReserveAnswer, Settlement } from '../../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from '../../support/open-ledger.ts';

let at: OpenLedger;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

const noon = Date.parse('2026-11-25T12:00:00+08:00');
const moveTo = (seconds: number) => at.setTime(new Date(noon + seconds * 1000).toISOString());

beforeEach(async () => {
  await at.reset();
  await moveTo(0);
  for (const one of [api, otherApi])
    await at.quota.setLimit({ appKey, api: one, period: 'day', callLimit: 1_000 });
});

let asked = 0;
const reserve = (forApi = api): Promise<ReserveAnswer> =>
  at.ledger.reserve(requestFor(`call-${asked++}`, { api: forApi, lane: 'refresh' }));

/** One whole call, which brought an answer or none. */
async function call(shows: AnswerSign, forApi = api): Promise<void> {
  const { callId } = await at.grant(`call-${asked++}`, { api: forApi });
  await at.ledger.markSent(callId);
  const failed: Partial<Settlement> = { outcome: 'transport_error', httpStatus: null, body: null };
  await at.ledger.settle(settlementFor(callId, { shows, ...(shows === 'allowed' ? {} : failed) }));
}

async function fail(times: number, shows: AnswerSign = 'unavailable'): Promise<void> {
  for (let n = 0; n < times; n++) await call(shows);
}

describe('calls of an API that bring no answer', () => {
  it('pause it after five in a row, longer with each further one, and no other API', async () => {
    await fail(4);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
    let seconds = 10;
    for (const pauseSeconds of [2, 4, 8, 16, 32, 64, 120, 120]) {
      await moveTo(seconds);
      await call('unavailable');
      const paused = await reserve();
      expect(paused).toMatchObject({ kind: 'denied', by: 'second' });
      if (paused.kind === 'denied') expect(Math.ceil((paused.retryAfterMs ?? 0) / 1000)).toBe(pauseSeconds);
      expect(await reserve(otherApi)).toMatchObject({ kind: 'granted' });
      seconds += pauseSeconds + 1;
    }
  });

  it('do not pause it while others bring one', async () => {
    for (let n = 0; n < 5; n++) {
      await fail(4);
      await moveTo(10 * n + 1);
      await call('allowed');
    }
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('of one moment begin one pause', async () => {
    const granted = [];
    for (let n = 0; n < 12; n++) granted.push(await at.grant(`call-${asked++}`));
    await moveTo(5);
    for (const { callId } of granted)
      await at.ledger.settle(settlementFor(callId, { shows: 'unreachable', state: 'refunded', body: null }));
    expect(await reserve()).toMatchObject({ kind: 'granted' });
    await moveTo(10);
    await call('unreachable');
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'second' });
    await moveTo(13);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('let one call through after each pause, which finds out whether it is over', async () => {
    await fail(4);
    await moveTo(10);
    await call('unavailable');
    await moveTo(13);
    const { callId } = await at.grant(`call-${asked++}`);
    expect(await reserve()).toEqual({ kind: 'denied', by: 'second', retryAfterMs: 1000 });
    expect(await reserve(otherApi)).toMatchObject({ kind: 'granted' });
    const byHand = requestFor(`call-${asked++}`, { api, lane: 'manual' });
    expect(await at.ledger.reserve(byHand)).toMatchObject({ kind: 'granted' });
    await at.ledger.settle(settlementFor(callId, { shows: 'allowed' }));
    for (let n = 0; n < 3; n++) expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it.each([
    ['unavailable', 'GATEWAY_UNAVAILABLE'],
    ['unreachable', 'GATEWAY_UNREACHABLE'],
  ] as const)('for twelve minutes (%s) hold it, with one probe every 15 minutes', async (shows, code) => {
    let seconds = 0;
    let calls = 4;
    await fail(4, shows);
    while ((await at.quota.listHolds()).length === 0) {
      seconds += 1;
      await moveTo(seconds);
      if ((await reserveOrNull()) === null) continue;
      calls += 1;
    }
    expect(seconds / 60).toBeGreaterThan(12);
    expect(seconds / 60).toBeLessThan(13);
    // Of an outage that long: not one more for each target.
    expect(calls).toBeLessThanOrEqual(17);
    expect(await at.quota.listHolds()).toMatchObject([{ api, code }]);
    await moveTo(seconds + 14 * 60);
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    await moveTo(seconds + 15 * 60 + 1);
    await call(shows);
    await moveTo(seconds + 29 * 60);
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    await moveTo(seconds + 30 * 60 + 2);
    await call('allowed');
    expect(await at.quota.listHolds()).toEqual([]);
    expect(await reserve()).toMatchObject({ kind: 'granted' });

    async function reserveOrNull(): Promise<string | null> {
      const answer = await reserve();
      if (answer.kind !== 'granted') return null;
      await at.ledger.settle(settlementFor(answer.callId, { shows, body: null, outcome: 'transport_error' }));
      return answer.callId;
    }
  });
});
