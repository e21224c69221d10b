import fc from 'fast-check';
import { expect } from 'vitest';
import type { Lane, ReserveAnswer, Settlement } from '../../src/model/ledger.ts';
import {
  sendWithinMs,
  type Decision,
  type Kind,
  type LedgerModel,
  type ModelCall,
  type ModelRequest,
  type ModelRun,
  type Reset,
} from './ledger-model.ts';
import { api, appKey, otherApi, requestFor, settlementFor, type OpenLedger } from './open-ledger.ts';

const untriedApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
export const groupName = '@pair';
export const apis = [api, otherApi, untriedApi] as const;

const hourMs = 3_600_000;
/** Longer than from 22:15 to 23:30, shorter than to the next day. */
const freshForMs = 100 * 60_000;
const holdMs = 6 * hourMs;

/*
 * Times at which the model's clock stands still while the real one runs on: each is far from everything that
 * happens at a time of its own, so that a scenario may last ten minutes. The days lead over a month's end.
 */
const firstDay = Date.parse('2026-11-27T00:00:00+08:00');
const days = 7;
const hours = [2 / 3, 12, 22.25, 23.5];
export const places = Array.from({ length: days }, (_, day) =>
  hours.map((hour) => firstDay + (day * 24 + hour) * hourMs),
).flat();

type Ending = 'send' | 'commit' | 'keep' | 'refund' | 'unknown';
interface Reserve {
  readonly kind: 'reserve';
  readonly api: number;
  readonly name: number;
  readonly lane: Lane;
  readonly run: number;
  readonly isFresh: boolean;
}
interface End {
  readonly kind: 'end';
  readonly call: number;
  readonly how: Ending;
}

export type Step =
  | Reserve
  | End
  | { readonly kind: 'clock'; readonly move: number }
  | { readonly kind: 'sweep' | 'restore' }
  | {
      readonly kind: 'limit';
      readonly target: number;
      readonly callLimit: number;
      readonly period: Kind;
      readonly reset: Reset;
    }
  | { readonly kind: 'book'; readonly api: number; readonly calls: number }
  | { readonly kind: 'reconcile'; readonly target: number; readonly period: Kind; readonly used: number }
  | { readonly kind: 'hold'; readonly target: number; readonly isEndless: boolean }
  | { readonly kind: 'resume'; readonly target: number }
  | {
      readonly kind: 'rush';
      readonly reserves: readonly Reserve[];
      readonly ends: readonly End[];
      readonly isSwept: boolean;
    };

const reserve: fc.Arbitrary<Reserve> = fc.record({
  kind: fc.constant('reserve'),
  api: fc.constantFrom(0, 0, 0, 1, 1, 2),
  name: fc.nat(400),
  lane: fc.constantFrom('refresh', 'refresh', 'discovery', 'manual'),
  run: fc.nat(3),
  isFresh: fc.boolean(),
});
const end: fc.Arbitrary<End> = fc.record({
  kind: fc.constant('end'),
  call: fc.nat(1_000),
  how: fc.constantFrom('send', 'send', 'commit', 'keep', 'refund', 'unknown'),
});
const period = fc.constantFrom<Kind>('day', 'month');
/** The three APIs, their group, and the app. */
const target = fc.nat(4);

const others: readonly fc.WeightedArbitrary<Step>[] = [
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('clock'), move: fc.integer({ min: -2, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('sweep') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('limit'),
      target,
      // Below 100, so that what is kept of a window is not just being released at one of the places.
      callLimit: fc.constantFrom(0, 6, 21, 40, 60, 79, 99),
      period,
      reset: fc.constantFrom<Reset>('calendar', 'calendar', 'rolling'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('book'), api: fc.nat(2), calls: fc.nat(12) }) },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('reconcile'), target, period, used: fc.nat(40) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold'), target, isEndless: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('resume'), target }) },
];

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 60, arbitrary: reserve },
  { weight: 40, arbitrary: end },
  ...others,
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('rush'),
      reserves: fc.array(reserve, { minLength: 4, maxLength: 16 }),
      ends: fc.array(end, { maxLength: 6 }),
      isSwept: fc.boolean(),
    }),
  },
);

const settlements: Readonly<Record<Exclude<Ending, 'send'>, Partial<Settlement>>> = {
  commit: { state: 'committed', body: null },
  keep: { state: 'committed' },
  refund: { state: 'refunded', outcome: 'not_sent', body: null },
  unknown: { state: 'unknown', outcome: 'transport_error', body: null },
};

/** One ledger and its model, before the same steps. */
export interface Pair {
  readonly at: OpenLedger;
  readonly model: LedgerModel;
  readonly runs: readonly ModelRun[];
  /** Real time at which the ledger's clock showed exactly `places[0]`. */
  readonly startedAt: number;
  place: number;
  /** Taken in this scenario. Each is a millisecond of the model. */
  steps: number;
  /** How often each thing happened, in all scenarios. */
  readonly counters: Map<string, number>;
}

export function count({ counters }: Pair, what: string, times = 1): void {
  counters.set(what, (counters.get(what) ?? 0) + times);
}

const placeOf = (pair: Pair): number => places[pair.place] ?? 0;

/** Puts both clocks to a place; what is done there later has a later time, also after the clock was set back. */
export async function moveTo(pair: Pair, place: number): Promise<void> {
  pair.place = place;
  await pair.at.quota.setLedgerOffset(placeOf(pair) - pair.startedAt);
}

function tick(pair: Pair): void {
  pair.steps += 1;
  pair.model.now = placeOf(pair) + pair.steps;
  count(pair, 'steps');
}

const targetOf = (number: number): string => [...apis, groupName, '*'][number] ?? '*';

function toRequest(pair: Pair, one: Reserve): ModelRequest {
  return {
    // A few names, so that requests meet themselves in flight and in the store.
    name: `n${one.name % 40 < 8 ? one.name % 40 : one.name}`,
    api: apis[one.api] ?? api,
    lane: one.lane,
    run: pair.runs[one.run] ?? null,
    freshForMs: one.isFresh ? freshForMs : 0,
  };
}

async function ask({ at }: Pair, request: ModelRequest): Promise<ReserveAnswer | 'QUOTA_LIMIT_UNKNOWN'> {
  const { name, run, ...rest } = request;
  try {
    return await at.ledger.reserve(requestFor(name, { ...rest, runId: run?.runId ?? null, sendWithinMs }));
  } catch (error) {
    if ((error as { code?: unknown }).code === 'QUOTA_LIMIT_UNKNOWN') return 'QUOTA_LIMIT_UNKNOWN';
    throw error;
  }
}

function expectSame(pair: Pair, expected: Decision, answer: ReserveAnswer | 'QUOTA_LIMIT_UNKNOWN'): void {
  if (answer === 'QUOTA_LIMIT_UNKNOWN') {
    expect(answer).toBe(expected.kind);
    return;
  }
  if (expected.kind !== 'denied' || answer.kind !== 'denied') {
    expect(answer.kind === 'denied' ? answer : answer.kind).toBe(expected.kind);
    return;
  }
  expect(expected.by).toContain(answer.by);
  if (expected.freeAt === null || answer.retryAfterMs === null) {
    expect(answer.retryAfterMs).toBe(expected.freeAt);
    return;
  }
  if (answer.by === 'hold' && answer.retryAfterMs === 100) return;
  // When the ledger answered, by its own clock: at the place, and not later than it is by now. A hold counts from when
  // it was made, which for the model is some steps after it was at its place.
  const answeredAt = expected.freeAt - answer.retryAfterMs;
  expect(answeredAt).toBeGreaterThanOrEqual(placeOf(pair) - 2);
  expect(answeredAt).toBeLessThanOrEqual(placeOf(pair) + Date.now() - pair.startedAt + pair.steps + 2);
}

async function playReserve(pair: Pair, one: Reserve): Promise<void> {
  const { model } = pair;
  const request = toRequest(pair, one);
  const expected = model.decide(request);
  const answer = await ask(pair, request);
  expectSame(pair, expected, answer);
  count(pair, expected.kind === 'denied' ? (expected.by[0] ?? '') : expected.kind);
  if (typeof answer === 'object' && answer.kind === 'granted') model.grant(request, answer.callId);
}

/** Mostly one of the latest calls. */
function pick({ calls }: LedgerModel, number: number): ModelCall | undefined {
  const among = number % 4 === 0 ? calls.length : Math.min(calls.length, 10);
  return calls[calls.length - 1 - (number % Math.max(1, among))];
}

async function playEnd({ at, model }: Pair, call: ModelCall, how: Ending): Promise<void> {
  if (how === 'send') {
    expect(await at.ledger.markSent(call.callId)).toBe(model.markSent(call));
    return;
  }
  const settlement = settlementFor(call.callId, settlements[how]);
  model.settle(call, settlement.state, settlement.body !== null);
  await at.ledger.settle(settlement);
}

type Rush = Extract<Step, { kind: 'rush' }>;

/** Only what comes out the same in whatever order it happens. */
function endsOfRush(pair: Pair, rush: Rush): { calls: Map<ModelCall, Ending>; isSwept: boolean } {
  const { model } = pair;
  // What is free when a restore is noticed would depend on what was refunded before.
  if (model.isOtherDatabase) return { calls: new Map(), isSwept: false };
  // So would what is used of a month before its day's first call.
  const isOfToday = (call: ModelCall) =>
    call.periods.every((period) => period.kind === 'day' || model.isInItsDay(period)) &&
    call.grantedAt >= placeOf(pair) &&
    call.grantedAt < placeOf(pair) + hourMs;
  const calls = new Map<ModelCall, Ending>();
  for (const { call: number, how } of rush.ends) {
    const call = pick(model, number);
    // An answer to a refunded call counts it again, also beyond the limit that a grant has just reached.
    const isOnlyFreed = call !== undefined && call.state !== 'refunded' && !model.isDue(call);
    if (isOnlyFreed && isOfToday(call)) calls.set(call, how);
  }
  const due = model.calls.filter((call) => model.isDue(call));
  return { calls, isSwept: rush.isSwept && due.every(isOfToday) };
}

/**
 * Many at once. Grants are numbered in the order in which they were decided: replayed in it, after every refund, the
 * model grants each of them. Whoever was refused is refused by the model, too, once all grants are made, before any
 * refund. So exactly as many are granted as there is room for.
 */
async function playRush(pair: Pair, rush: Rush): Promise<void> {
  const { at, model } = pair;
  const { calls, isSwept } = endsOfRush(pair, rush);
  const requests = rush.reserves.map((one) => ({ ...toRequest(pair, one), freshForMs: 0 }));
  if (requests[0]) model.decide(requests[0]);
  const strict = model.copy();
  const [answers, swept] = await Promise.all([
    Promise.all(requests.map((request) => ask(pair, request))),
    isSwept ? at.ledger.sweep() : null,
    ...Array.from(calls, ([call, how]) => playEnd(pair, call, how)),
  ]);
  if (swept) expect(swept).toEqual(model.sweep());
  const granted = requests.flatMap((request, n) => {
    const answer = answers[n];
    return typeof answer === 'object' && answer.kind === 'granted'
      ? [{ request, callId: answer.callId }]
      : [];
  });
  granted.sort((a, b) => Number(a.callId) - Number(b.callId));
  for (const { request, callId } of granted) {
    expect(model.decide(request)).toEqual({ kind: 'granted' });
    model.grant(request, callId);
    strict.grant(request, callId);
  }
  const grantedOnes = new Set(granted.map(({ request }) => request));
  for (const request of requests.filter((one) => !grantedOnes.has(one))) {
    expect(strict.decide(request).kind).not.toBe('granted');
  }
  count(pair, 'steps', requests.length + calls.size);
  count(pair, 'granted in a rush', granted.length);
  count(pair, 'refused in a rush', requests.length - granted.length);
}

/** Takes one step on both sides, and compares what they answer. */
export async function play(pair: Pair, one: Step): Promise<void> {
  const { at, model } = pair;
  tick(pair);
  switch (one.kind) {
    case 'reserve':
      return playReserve(pair, one);
    case 'end': {
      const call = pick(model, one.call);
      return call && playEnd(pair, call, one.how);
    }
    case 'clock':
      return moveTo(pair, Math.min(places.length - 1, Math.max(0, pair.place + one.move)));
    case 'sweep':
      expect(await at.ledger.sweep()).toEqual(model.sweep());
      return;
    case 'restore':
      model.isOtherDatabase = true;
      await at.db.pool.query(`UPDATE usage.ledger_epoch SET epoch = 'another server'`);
      return;
    case 'rush':
      return playRush(pair, one);
    default:
      return playCorrection(pair, one);
  }
}

type Correction = Extract<Step, { kind: 'limit' | 'book' | 'reconcile' | 'hold' | 'resume' }>;

async function playCorrection({ at, model }: Pair, one: Correction): Promise<void> {
  switch (one.kind) {
    case 'limit': {
      const reset = one.period === 'day' ? one.reset : 'calendar';
      const limit = { api: targetOf(one.target), callLimit: one.callLimit, reset };
      model.setLimit({ ...limit, kind: one.period });
      return at.quota.setLimit({ ...limit, appKey, period: one.period });
    }
    case 'book': {
      const forApi = apis[one.api] ?? api;
      model.recordExternal(forApi, one.calls);
      return at.corrections.recordExternal(appKey, forApi, one.calls);
    }
    case 'reconcile': {
      const forApi = targetOf(one.target);
      const used = await at.corrections.reconcile(appKey, forApi, one.period, one.used);
      expect(used).toBe(model.reconcile(forApi, one.period, one.used));
      return;
    }
    case 'hold': {
      const held = one.target === 3 ? api : targetOf(one.target);
      model.hold(held, one.isEndless ? Infinity : model.now + holdMs);
      return at.quota.holdApi({ api: held, code: 'test', forMs: one.isEndless ? null : holdMs });
    }
    case 'resume': {
      const held = one.target === 3 ? api : targetOf(one.target);
      expect(await at.quota.resumeApi(held)).toBe(model.resume(held));
      return;
    }
    default:
      one satisfies never;
  }
}
