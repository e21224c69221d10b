import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { api, appKey, openLedger, otherApi, requestFor, settlementFor } from '../../support/open-ledger.ts';
import { createDayLimit } from './day-limit.ts';

const at = await openLedger({ maxCallMs: 30_000 });
const { setDay, reserveMany } = createDayLimit(at);
afterAll(() => at.db.drop());
beforeEach(async () => {
  await at.reset();
  await at.setTime('2026-11-25T12:00:00+08:00');
});

const countGranted = (kinds: readonly string[]) => kinds.filter((kind) => kind === 'granted').length;

describe('the limit of a window', () => {
  it('grants exactly the limit to eight connections that ask for more, each with a row', async () => {
    await setDay(50);
    const worker = async (id: number) => {
      const kinds = [];
      for (let n = 0; n < 15; n++) kinds.push((await at.ledger.reserve(requestFor(`${id}-${n}`))).kind);
      return kinds;
    };
    const kinds = (await Promise.all(Array.from({ length: 8 }, (_, id) => worker(id)))).flat();
    expect(countGranted(kinds)).toBe(50);
    expect(await at.callStates()).toEqual(Array.from({ length: 50 }, () => 'reserved'));
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 50, reserved: 50, remaining: 0 }]);
  });

  it('says which window is full and when it starts anew', async () => {
    await setDay(1);
    await at.grant('a');
    const answer = await at.ledger.reserve(requestFor('b'));
    expect(answer).toMatchObject({ kind: 'denied', by: 'day' });
    const waitMs = answer.kind === 'denied' ? (answer.retryAfterMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(12 * 3_600_000 - 60_000);
    expect(waitMs).toBeLessThanOrEqual(12 * 3_600_000);
  });

  it('takes from no window when one of them is full', async () => {
    await setDay(10);
    await at.quota.setLimit({ appKey, api, period: 'month', callLimit: 2 });
    expect(await reserveMany(4)).toEqual(['granted', 'granted', 'month', 'month']);
    expect((await at.quota.quotaStatus()).map((row) => [row.period, row.used])).toEqual([
      ['day', 2],
      ['month', 2],
    ]);
    expect(await at.callStates()).toHaveLength(2);
  });

  it('of the whole app is shared by its APIs', async () => {
    await setDay(10);
    await setDay(10, otherApi);
    await setDay(3, '*');
    expect(await reserveMany(2)).toEqual(['granted', 'granted']);
    expect(await reserveMany(3, { api: otherApi, lane: 'manual' })).toEqual([
      'in_flight',
      'in_flight',
      'granted',
    ]);
    expect(await at.ledger.reserve(requestFor('x'))).toMatchObject({ by: 'day' });
  });

  it('can be lowered below what is used; then nothing is left', async () => {
    await setDay(10);
    expect(countGranted(await reserveMany(6))).toBe(6);
    await setDay(4);
    expect(await at.quota.quotaStatus()).toMatchObject([{ callLimit: 4, used: 6, remaining: 0 }]);
    expect(await at.ledger.reserve(requestFor('more'))).toMatchObject({ kind: 'denied', by: 'day' });
    await setDay(7);
    expect(await at.ledger.reserve(requestFor('more'))).toMatchObject({ kind: 'granted' });
  });

  it('counts the calls that others made', async () => {
    await setDay(5);
    await at.grant('a');
    await at.db.pool.query('UPDATE usage.quota_period SET external = 9');
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 10, external: 9, remaining: 0 }]);
    expect(await at.ledger.reserve(requestFor('b'))).toMatchObject({ by: 'day' });
  });

  it('is guarded by the database itself', async () => {
    await setDay(1);
    await at.grant('a');
    await expect(at.db.pool.query('UPDATE usage.quota_period SET granted = granted + 1')).rejects.toThrow(
      /grant beyond the limit/,
    );
    await expect(
      at.db.pool.query(
        `INSERT INTO usage.quota_period (app_key, api, period_kind, starts_at, ends_at, call_limit, granted)
         VALUES ('x', 'y', 'day', now(), now() + interval '1 day', 3, 4)`,
      ),
    ).rejects.toThrow(/grant beyond the limit/);
  });

  it('must be known: without one, an API is not called', async () => {
    await at.quota.setLimit({ appKey, api: '*', period: 'second', callLimit: 4 });
    await expect(at.ledger.reserve(requestFor('a'))).rejects.toMatchObject({ code: 'QUOTA_LIMIT_UNKNOWN' });
    expect(await at.callStates()).toEqual([]);
  });

  it('of a minute starts anew with the next one', async () => {
    await setDay(100);
    await at.quota.setLimit({ appKey, api, period: 'minute', callLimit: 2 });
    await at.setTime('2026-11-25T12:00:01+08:00');
    expect(await reserveMany(3, { sendWithinMs: 1_000 })).toEqual(['granted', 'granted', 'minute']);
    await at.setTime('2026-11-25T12:01:01+08:00');
    expect(await at.ledger.reserve(requestFor('next'))).toMatchObject({ kind: 'granted' });
  });
});

describe('lanes', () => {
  it('keep five percent of a day for manual calls', async () => {
    await setDay(40);
    const refresh = await reserveMany(40, { lane: 'refresh' });
    expect(countGranted(refresh)).toBe(38);
    expect(countGranted(await reserveMany(40, { lane: 'discovery' }))).toBe(0);
    const manual = [];
    for (let n = 0; n < 3; n++) manual.push((await at.ledger.reserve(requestFor(`m${n}`))).kind);
    expect(manual).toEqual(['granted', 'granted', 'denied']);
  });

  it('release it evenly over the last two hours', async () => {
    await setDay(40);
    await reserveMany(38, { lane: 'refresh' });
    const full = await at.ledger.reserve(requestFor('r', { lane: 'refresh' }));
    await at.setTime('2026-11-25T22:59:00+08:00');
    expect(await at.ledger.reserve(requestFor('r', { lane: 'refresh' }))).toMatchObject({ by: 'day' });
    await at.setTime('2026-11-25T23:01:00+08:00');
    expect(await at.ledger.reserve(requestFor('r', { lane: 'refresh' }))).toMatchObject({ kind: 'granted' });
    const hoursToRelease = full.kind === 'denied' ? (full.retryAfterMs ?? 0) / 3_600_000 : 0;
    expect(hoursToRelease).toBeCloseTo(11, 1);
  });
});

describe('the budget of a run', () => {
  it('bounds its calls, also when many ask at once', async () => {
    await setDay(100);
    const runId = await at.startRun(7);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => at.ledger.reserve(requestFor(`b${n}`, { runId }))),
    );
    expect(countGranted(answers.map((answer) => answer.kind))).toBe(7);
    expect(answers.find((answer) => answer.kind === 'denied')).toEqual({
      kind: 'denied',
      by: 'run',
      retryAfterMs: null,
    });
    expect(await at.quota.quotaStatus()).toMatchObject([{ used: 7 }]);
  });

  it('gets a refunded call back', async () => {
    await setDay(100);
    const runId = await at.startRun(1);
    const call = await at.grant('a', { runId });
    expect(await at.ledger.reserve(requestFor('b', { runId }))).toMatchObject({ by: 'run' });
    await at.ledger.settle(
      settlementFor(call.callId, { state: 'refunded', outcome: 'not_sent', body: null }),
    );
    await at.grant('b', { runId });
  });

  it('is refused when the run does not exist', async () => {
    await setDay(100);
    await expect(at.ledger.reserve(requestFor('a', { runId: '999' }))).rejects.toMatchObject({
      code: 'RUN_UNKNOWN',
    });
  });
});
