import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, requestFor, type OpenLedger } from '../../support/open-ledger.ts';

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.quota.applyPresets({ appKey, account: 'business', apis: [api, otherApi], callsPerSecond: 4 });
});

/** Asks as a client does that waits for as long as it is told, on a clock of its own. */
async function collectSendTimes(count: number): Promise<number[]> {
  const sendTimes: number[] = [];
  let nowMs = Date.parse('2026-11-25T12:00:00+08:00');
  for (let n = 0; sendTimes.length < count; n++) {
    await at.setTime(new Date(nowMs).toISOString());
    const answer = await at.ledger.reserve(requestFor(`p${n}`, n % 2 ? { api: otherApi } : {}));
    if (answer.kind === 'granted') sendTimes.push(answer.observedAt.getTime() + answer.sendAfterMs);
    else if (answer.kind === 'denied' && answer.by === 'second') nowMs += answer.retryAfterMs ?? 0;
    else throw new Error(`not paced: ${JSON.stringify(answer)}`);
  }
  return sendTimes;
}

describe('the pace', () => {
  it('never lets more than four calls leave within a second, and loses at most a fifth of it', async () => {
    const sendTimes = await collectSendTimes(40);
    for (const from of sendTimes) {
      const within = sendTimes.filter((time) => time >= from && time < from + 1_000);
      expect(within.length).toBeLessThanOrEqual(4);
    }
    const seconds = (Math.max(...sendTimes) - Math.min(...sendTimes)) / 1_000;
    expect(39 / seconds).toBeGreaterThan(3.2);
  });

  it('holds for all connections together', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) => at.ledger.reserve(requestFor(`c${n}`))),
    );
    const waits = answers.flatMap((answer) =>
      answer.kind === 'granted' ? [answer.observedAt.getTime() + answer.sendAfterMs] : [],
    );
    waits.sort((a, b) => a - b);
    const gaps = waits.slice(1).map((time, n) => time - (waits[n] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });

  it('hands out slots at most two seconds ahead, and says when to ask for the next', async () => {
    const answers = [];
    for (let n = 0; n < 12; n++) answers.push(await at.ledger.reserve(requestFor(`s${n}`)));
    const ahead = answers.map((answer) => (answer.kind === 'granted' ? answer.sendAfterMs : 0));
    expect(Math.max(...ahead)).toBeGreaterThan(1_000);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(2_000);
    const refused = answers.find((answer) => answer.kind === 'denied');
    expect(refused).toMatchObject({ by: 'second' });
    expect(refused?.kind === 'denied' ? refused.retryAfterMs : 0).toBeLessThan(1_000);
  });

  it('of one API does not slow another', async () => {
    await at.quota.setLimit({ appKey, api: '*', period: 'second', callLimit: 1_000 });
    await at.quota.setLimit({ appKey, api, period: 'second', callLimit: 1 });
    await at.grant('a');
    const second = await at.ledger.reserve(requestFor('b'));
    const other = await at.grant('c', { api: otherApi });
    expect(second).toMatchObject({ kind: 'denied', by: 'second' });
    expect(second.kind === 'denied' ? second.retryAfterMs : 0).toBeGreaterThan(500);
    expect(other.sendAfterMs).toBeLessThan(100);
  });

  it('goes on when the clock is set back', async () => {
    await at.setTime('2026-11-26T12:00:00+08:00');
    await at.grant('a');
    await at.setTime('2026-11-25T12:00:00+08:00');
    expect((await at.grant('b')).sendAfterMs).toBe(0);
  });
});
