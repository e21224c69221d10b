import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listFoundPaces } from '../../../src/ledger/found-paces.ts';
import type { AnswerSign } from '../../../src/model/ledger.ts';
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
let nowMs = 0;
let asked = 0;
beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  nowMs = Date.parse('2026-11-25T12:00:00+08:00');
  await moveOn(0);
  await at.quota.applyPresets({ appKey, account: 'business', apis: [api, otherApi], callsPerSecond: 31 });
});

/** 31 a second leave 25, since calls bunch on their way. */
const declared = 25;

async function moveOn(ms: number): Promise<void> {
  nowMs += ms;
  await at.setTime(new Date(nowMs).toISOString());
}

/** A call that has left. */
async function send(forApi = api): Promise<string> {
  const { callId } = await at.grant(`call-${asked++}`, { api: forApi });
  expect(await at.ledger.markSent(callId)).toBe(true);
  return callId;
}

async function answer(callId: string, shows: AnswerSign): Promise<void> {
  const refusal = { outcome: 'gateway_error', gatewayCode: 'gw.QosAppFrequencyLimit' } as const;
  const isRefused = shows !== 'allowed';
  await at.ledger.settle(settlementFor(callId, { shows, body: null, ...(isRefused ? refusal : {}) }));
}

const paces = async () =>
  (await listFoundPaces(at.db.pool)).map(({ api: of, perSecond }) => [of, Math.round(perSecond * 100) / 100]);

/** Good calls one after the other, each when its slot comes. */
async function keepThePace(calls: number): Promise<void> {
  for (let n = 0; n < calls; n++) {
    const answered = await at.ledger.reserve(requestFor(`call-${asked++}`));
    if (answered.kind === 'granted') {
      await moveOn(answered.sendAfterMs);
      await at.ledger.markSent(answered.callId);
      await answer(answered.callId, 'allowed');
    } else if (answered.kind === 'denied') {
      await moveOn(answered.retryAfterMs ?? 0);
      n--;
    }
  }
}

describe('a refusal', () => {
  it('lowers the pace of what it is about, and no other', async () => {
    await answer(await send(), 'too_fast_api');
    expect(await paces()).toEqual([[api, declared * 0.97]]);
    await answer(await send(otherApi), 'too_fast_app');
    expect(await paces()).toEqual([
      ['*', declared * 0.97],
      [api, declared * 0.97],
    ]);
  });

  it('counts once with all calls that were granted before it', async () => {
    const burst = [await send(), await send(), await send()];
    await answer(burst[0] ?? '', 'allowed');
    for (const callId of burst.slice(1)) await answer(callId, 'too_fast_app');
    expect(await paces()).toEqual([['*', declared * 0.97]]);
  });

  it('of most of a burst brings the pace just below what passed', async () => {
    const burst = [];
    for (let n = 0; n < 8; n++) burst.push(await send());
    for (const callId of burst.slice(0, 2)) await answer(callId, 'allowed');
    for (const callId of burst.slice(2)) await answer(callId, 'too_fast_app');
    expect(await paces()).toEqual([['*', 1.9]]);
  });

  it('calls off the calls that were granted and have not left', async () => {
    const refused = await send();
    const { callId } = await at.grant('waits');
    await moveOn(1_000);
    await answer(refused, 'too_fast_app');
    await moveOn(1_000);
    expect(await at.ledger.markSent(callId)).toBe(false);
    expect(await at.callStates()).toEqual(['committed', 'refunded']);
  });

  it('lowers the pace again only after an answer, or for being the second in a row', async () => {
    const afterRefusals = [];
    for (const pauseMs of [3_000, 5_000, 9_000]) {
      await answer(await send(), 'too_fast_app');
      afterRefusals.push((await paces())[0]?.[1]);
      await moveOn(pauseMs);
    }
    expect(afterRefusals).toEqual([24.25, 14.55, 14.55]);
  });
});

describe('a pace that was found', () => {
  beforeEach(async () => {
    // 4.03 a second: a quarter of a second for what the test does between two calls.
    await at.quota.setLimit({ appKey, api: '*', period: 'second', callLimit: 5 });
    await answer(await send(), 'too_fast_app');
    await moveOn(3_000);
  });

  it('goes up after 15 seconds and 40 calls that used it, twice as far each time', async () => {
    await moveOn(20_000);
    await keepThePace(30);
    expect(await paces()).toEqual([['*', 3.91]]);
    await keepThePace(15);
    expect((await paces())[0]?.[1]).toBeCloseTo(3.91 * 1.03, 1);
  });

  it('is forgotten at the declared pace', async () => {
    for (let n = 0; n < 3; n++) {
      await moveOn(20_000);
      await keepThePace(42);
    }
    expect(await paces()).toEqual([]);
  });

  it('does not go up while nobody uses it up', async () => {
    for (let n = 0; n < 60; n++) {
      await answer(await send(), 'allowed');
      await moveOn(1_000);
    }
    expect(await paces()).toEqual([['*', 3.91]]);
  });

  it('goes back when a raise is refused, and rests for two minutes', async () => {
    await moveOn(20_000);
    await keepThePace(42);
    await answer(await send(), 'too_fast_app');
    expect(await paces()).toEqual([['*', 3.91]]);
    await moveOn(60_000);
    await keepThePace(60);
    expect(await paces()).toEqual([['*', 3.91]]);
    await moveOn(60_000);
    await keepThePace(3);
    expect((await paces())[0]?.[1]).toBeGreaterThan(4);
  });
});
