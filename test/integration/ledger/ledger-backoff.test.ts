import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerSign, ReserveAnswer } from '../../../src/model/ledger.ts';
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
let nowMs = noon;

/** Moves the ledger's clock on, by milliseconds since noon. */
async function moveTo(ms: number): Promise<void> {
  nowMs = noon + ms;
  await at.setTime(new Date(nowMs).toISOString());
}

beforeEach(async () => {
  await at.reset();
  await moveTo(0);
  for (const one of [api, otherApi])
    await at.quota.setLimit({ appKey, api: one, period: 'day', callLimit: 1_000 });
});

let asked = 0;
const reserve = (forApi = api): Promise<ReserveAnswer> =>
  at.ledger.reserve(requestFor(`call-${asked++}`, { api: forApi, lane: 'refresh' }));

async function answer(callId: string, shows: AnswerSign): Promise<void> {
  const gatewayCode = shows === 'too_fast_app' ? 'gw.QosAppFrequencyLimit' : 'gw.QosAPIFrequencyLimit';
  await at.ledger.settle(
    settlementFor(
      callId,
      shows === 'allowed' ? { shows } : { shows, gatewayCode, outcome: 'gateway_error', body: null },
    ),
  );
}

/** One whole call with its answer. */
async function call(shows: AnswerSign, forApi = api): Promise<void> {
  const granted = await at.grant(`call-${asked++}`, { api: forApi });
  expect(await at.ledger.markSent(granted.callId)).toBe(true);
  await answer(granted.callId, shows);
}

const waitOf = (answered: ReserveAnswer): number | null =>
  answered.kind === 'denied' ? answered.retryAfterMs : null;

const firstPauseMs = 2_000;

/** Refusals until the pauses are at their longest; returns when the last of them ends. */
async function refuseToTheCap(shows: AnswerSign): Promise<number> {
  let endsAt = 0;
  for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000]) {
    await moveTo(endsAt + 1_000);
    await call(shows);
    endsAt += 1_000 + pauseMs;
  }
  return endsAt;
}

describe('an answer that calls come too fast', () => {
  it('pauses them for everyone, twice as long each time, up to two minutes', async () => {
    let endsAt = 0;
    for (const pauseMs of [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000]) {
      await moveTo(endsAt + 1_000);
      await call('too_fast_app');
      const [own, other] = [await reserve(), await reserve(otherApi)];
      expect(own).toMatchObject({ kind: 'denied', by: 'second' });
      expect(other).toMatchObject({ kind: 'denied', by: 'second' });
      // The clock runs on while the test does.
      expect(Math.ceil((waitOf(own) ?? 0) / 1_000)).toBe(pauseMs / 1_000);
      endsAt += 1_000 + pauseMs;
    }
  });

  it('leaves another app alone', async () => {
    await at.quota.setLimit({ appKey: '7654321', api, period: 'day', callLimit: 1_000 });
    await call('too_fast_app');
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'second' });
    const other = await at.ledger.reserve(requestFor('of another app', { appKey: '7654321' }));
    expect(other).toMatchObject({ kind: 'granted' });
  });

  it('about one API leaves the others alone', async () => {
    await call('too_fast_api');
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'second' });
    expect(await reserve(otherApi)).toMatchObject({ kind: 'granted' });
  });

  it('to calls that were under way when the pause began does not lengthen it', async () => {
    const under = [await at.grant('a'), await at.grant('b'), await at.grant('c')];
    for (const { callId } of under) await answer(callId, 'too_fast_app');
    expect(waitOf(await reserve())).toBeLessThanOrEqual(firstPauseMs);
    // The pause began when the first was answered, some time after noon; one that is lengthened lasts twice as long.
    await moveTo(15_000);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('is forgotten after a good answer, unless that was asked for before', async () => {
    const early = await at.grant('early');
    // To two minutes, which end on no slow machine meanwhile.
    const endsAt = await refuseToTheCap('too_fast_app');
    await answer(early.callId, 'allowed');
    expect(await reserve()).toMatchObject({ kind: 'denied' });
    await moveTo(endsAt + 1_000);
    await call('allowed');
    await moveTo(endsAt + 2_000);
    await call('too_fast_app');
    expect(waitOf(await reserve())).toBeLessThanOrEqual(firstPauseMs);
  });

  it('pauses nothing once the clock was set back, until the next one', async () => {
    await moveTo(3_600_000);
    await call('too_fast_api');
    await moveTo(0);
    await call('too_fast_api');
    const wait = waitOf(await reserve());
    // Nothing was answered in between: it is the second in a row.
    expect([wait !== null && wait > 1_000, wait !== null && wait <= 4_000]).toEqual([true, true]);
    await moveTo(-3_600_000);
    await call('allowed');
    await moveTo(1_000);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });
});

describe('ten minutes of the longest pauses', () => {
  it('hold the API to the end of the day, with one probe an hour', async () => {
    let endsAt = await refuseToTheCap('too_fast_api');
    for (let n = 0; n < 5; n++) {
      expect(await at.quota.listHolds()).toEqual([]);
      await moveTo(endsAt + 1_000);
      await call('too_fast_api');
      endsAt += 121_000;
    }
    const [hold] = await at.quota.listHolds();
    expect(hold).toMatchObject({ api, code: 'gw.QosAPIFrequencyLimit' });
    expect(hold?.heldUntil?.toISOString()).toBe('2026-11-25T16:00:00.000Z');
    await moveTo(endsAt + 1_000);
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    expect(await reserve(otherApi)).toMatchObject({ kind: 'granted' });

    await moveTo(endsAt + 3_600_000);
    await call('too_fast_api');
    await moveTo(endsAt + 3_600_000 + 180_000);
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    await moveTo(endsAt + 2 * 3_600_000 + 1_000);
    const probe = await at.grant('probe');
    expect(await reserve()).toMatchObject({ kind: 'denied', by: 'hold' });
    await at.ledger.markSent(probe.callId);
    await answer(probe.callId, 'allowed');
    expect(await at.quota.listHolds()).toEqual([]);
    expect(await reserve()).toMatchObject({ kind: 'granted' });
  });

  it('of the app hold all of it, and the next day begins without', async () => {
    let endsAt = await refuseToTheCap('too_fast_app');
    for (let n = 0; n < 5; n++) {
      await moveTo(endsAt + 1_000);
      await call('too_fast_app');
      endsAt += 121_000;
    }
    expect(await at.quota.listHolds()).toMatchObject([{ api: '*' }]);
    await moveTo(endsAt + 1_000);
    expect(await reserve(otherApi)).toMatchObject({ kind: 'denied', by: 'hold' });
    await moveTo(12 * 3_600_000 + 1_000);
    expect(await reserve(otherApi)).toMatchObject({ kind: 'granted' });
  });
});
