import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Settlement } from '../../src/model/ledger.ts';
import {
  api,
  appKey,
  openLedger,
  otherApi,
  requestFor,
  settlementFor,
  type OpenLedger,
} from './open-ledger.ts';

/*
 * The ledger against a model of it that is a list of calls: what is used of a window is how many of them are in
 * it and not refunded. Days are 24 hours from midnight in Shanghai; the steps keep away from the turns, which
 * have tests of their own.
 */

const limits = { day: 4, month: 7, run: 12 };
const apis = [api, otherApi];
const dayMs = 86_400_000;
/** The month before has its last days in the model, too. */
const firstNoon = Date.parse('2026-11-28T12:00:00+08:00');

type State = 'reserved' | 'sent' | 'committed' | 'refunded' | 'unknown';
interface ModelCall {
  readonly callId: string;
  readonly name: string;
  readonly api: string;
  readonly day: number;
  state: State;
}

type Step =
  | { readonly kind: 'reserve'; readonly api: number; readonly name: number }
  | { readonly kind: 'send' | 'commit' | 'refund' | 'unknown'; readonly call: number }
  | { readonly kind: 'next day' }
  | { readonly kind: 'sweep' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('reserve' as const), api: fc.nat(1), name: fc.nat(5) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('send' as const, 'commit' as const, 'refund' as const, 'unknown' as const),
      call: fc.nat(30),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom({ kind: 'next day' as const }, { kind: 'sweep' as const }),
  },
);

const settlements: Readonly<Record<'commit' | 'refund' | 'unknown', Partial<Settlement>>> = {
  commit: { state: 'committed', body: null },
  refund: { state: 'refunded', outcome: 'not_sent', body: null },
  unknown: { state: 'unknown', outcome: 'transport_error', body: null },
};

class Model {
  readonly calls: ModelCall[] = [];
  day = 0;

  get month(): number {
    return Model.monthOf(this.day);
  }

  static monthOf(day: number): number {
    return new Date(firstNoon + day * dayMs).getUTCMonth();
  }

  used(forApi: string, isIn: (call: ModelCall) => boolean): number {
    return this.calls.filter((call) => call.api === forApi && call.state !== 'refunded' && isIn(call)).length;
  }

  usedToday = (forApi: string) => this.used(forApi, (call) => call.day === this.day);
  usedThisMonth = (forApi: string) => this.used(forApi, (call) => Model.monthOf(call.day) === this.month);
  usedByRun = () => apis.reduce((sum, one) => sum + this.used(one, () => true), 0);

  expect(forApi: string, name: string): string {
    const isLive = (call: ModelCall) => call.name === name && ['reserved', 'sent'].includes(call.state);
    if (this.calls.some(isLive)) return 'in_flight';
    if (this.usedByRun() >= limits.run) return 'run';
    // Both full: the one that lasts longer is named.
    if (this.usedThisMonth(forApi) >= limits.month) return 'month';
    return this.usedToday(forApi) >= limits.day ? 'day' : 'granted';
  }

  /** The first end stays, save that an answer replaces every other one. */
  end(call: ModelCall, state: State): void {
    const isOver = !['reserved', 'sent'].includes(call.state);
    if (isOver && (call.state === 'committed' || state !== 'committed')) return;
    call.state = state;
  }

  sweep(): void {
    for (const call of this.calls.filter((one) => one.day < this.day)) {
      if (call.state === 'reserved') call.state = 'refunded';
      if (call.state === 'sent') call.state = 'unknown';
    }
  }
}

let at: OpenLedger;

beforeAll(async () => {
  at = await openLedger();
});
afterAll(() => at.db.drop());

const moveTo = (day: number) => at.setTime(new Date(firstNoon + day * dayMs).toISOString());

async function play(model: Model, runId: string, one: Step): Promise<void> {
  if (one.kind === 'reserve') {
    const name = `n${one.name}`;
    const forApi = apis[one.api] ?? api;
    const expected = model.expect(forApi, name);
    const answer = await at.ledger.reserve(requestFor(name, { api: forApi, runId }));
    expect(answer.kind === 'denied' ? answer.by : answer.kind).toBe(expected);
    if (answer.kind !== 'granted') return;
    model.calls.push({ callId: answer.callId, name, api: forApi, day: model.day, state: 'reserved' });
  } else if (one.kind === 'next day') {
    model.day += 1;
    await moveTo(model.day);
  } else if (one.kind === 'sweep') {
    model.sweep();
    await at.ledger.sweep();
  } else {
    await playOnCall(model, one.kind, model.calls[one.call % Math.max(1, model.calls.length)]);
  }
}

async function playOnCall(
  model: Model,
  kind: 'send' | 'commit' | 'refund' | 'unknown',
  call: ModelCall | undefined,
): Promise<void> {
  if (!call) return;
  if (kind === 'send') {
    const maySend = call.state === 'reserved' && call.day === model.day;
    expect(await at.ledger.markSent(call.callId)).toBe(maySend);
    if (maySend) call.state = 'sent';
    return;
  }
  const settlement = settlementFor(call.callId, settlements[kind]);
  await at.ledger.settle(settlement);
  model.end(call, settlement.state);
}

/** Everything the ledger says of itself, against the model. */
async function compare(model: Model): Promise<void> {
  const status = await at.quota.quotaStatus();
  const expected = apis.flatMap((one) => [
    { api: one, window: 'day', used: model.usedToday(one) },
    { api: one, window: 'month', used: model.usedThisMonth(one) },
  ]);
  const seen = status.map((row) => ({ api: row.api, window: row.window, used: row.used }));
  expect(seen).toEqual(expect.arrayContaining(expected));
  const states = model.calls.map((call) => (call.state === 'sent' ? 'reserved' : call.state));
  expect(await at.callStates()).toEqual(states);
  const { rows } = await at.db.pool.query('SELECT calls_used FROM sync.run');
  expect(rows).toEqual([{ calls_used: model.usedByRun() }]);
}

describe('any interleaving of grants, ends, sweeps and days', () => {
  it('gives exactly what a plain list of calls gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 45 }), async (steps) => {
        await at.reset();
        await moveTo(0);
        for (const one of apis) {
          await at.quota.setLimit({ appKey, api: one, window: 'day', callLimit: limits.day });
          await at.quota.setLimit({ appKey, api: one, window: 'month', callLimit: limits.month });
        }
        const model = new Model();
        const runId = await at.startRun(limits.run);
        for (const one of steps) await play(model, runId, one);
        await compare(model);
      }),
      { numRuns: 20 },
    );
  });
});

describe('eight connections that grant, settle and sweep at once', () => {
  it('leave windows that equal the calls in them and hold no more than the limit', async () => {
    await at.reset();
    await moveTo(0);
    const callLimit = 60;
    await at.quota.setLimit({ appKey, api, window: 'day', callLimit });
    const ends = [settlements.commit, settlements.refund, settlements.unknown, null];
    const worker = async (id: number) => {
      for (let n = 0; n < 25; n++) {
        const answer = await at.ledger.reserve(requestFor(`${id}-${n}`));
        const end = ends[(id + n) % ends.length];
        if (answer.kind === 'granted' && end) await at.ledger.settle(settlementFor(answer.callId, end));
        if (n % 10 === 9) await at.ledger.sweep();
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, id) => worker(id)));
    const { rows } = await at.db.pool.query(
      `SELECT w.granted - w.refunded AS used, w.granted = c.granted AND w.refunded = c.refunded
              AND w."unknown" = c."unknown" AS is_equal
       FROM usage."window" w,
            (SELECT count(*) AS granted, count(*) FILTER (WHERE state = 'refunded') AS refunded,
                    count(*) FILTER (WHERE state = 'unknown') AS "unknown" FROM usage.api_call) c`,
    );
    expect(rows).toEqual([{ used: callLimit, is_equal: true }]);
  });
});
