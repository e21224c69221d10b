import type { Pool } from 'pg';
import type { AnswerSign, Ledger } from '../../src/model/ledger.ts';
import type { QuotaStore } from '../../src/ledger/quota-store.ts';
import { createQuota } from '../../src/sandbox/quota.ts';
import { requestFor, settlementFor } from './open-ledger.ts';

/*
 * Workers that call the sandbox's limiter through the ledger of a database, on a clock of their own: minutes of calls
 * take seconds. Each worker waits as long as the ledger says, sends, and settles what the limiter answers.
 */

/** A ledger with a clock that can be moved. */
export interface PacedLedger {
  readonly ledger: Ledger;
  readonly quota: QuotaStore;
  readonly pool: Pool;
  readonly appKey: string;
  /** Of which it is known that it answers. */
  readonly api: string;
  setTime(at: number): Promise<void>;
}

/** What the limiter really lets through, from a second on. */
export interface PacedLimit {
  readonly fromSecond: number;
  readonly perSecond: number;
  /** Share of calls that are refused whatever the pace. Default 0. */
  readonly noise?: number;
}

export interface PacedCase {
  /** Calls a second that the ledger was given. */
  readonly declared: number;
  readonly real: readonly PacedLimit[];
  readonly seconds: number;
  /** Ends the case before, as soon as it holds after a call. */
  readonly isOver?: (second: number, perSecond: number | null) => boolean;
  readonly workers: number;
  /** From sending to the answer; it arrives half-way. Varies by a tenth either way. */
  readonly latencyMs: number;
  /** Who is limited. */
  readonly scope: 'app' | 'api';
  /** The network holds calls up between two seconds, so that they arrive together at the end. */
  readonly stall?: { readonly fromSecond: number; readonly toSecond: number };
}

/** One call that arrived at the limiter. */
export interface PacedCall {
  readonly second: number;
  readonly isRefused: boolean;
}

/** The pace in effect from a second on; null: the declared one. */
export interface PaceChange {
  readonly second: number;
  readonly perSecond: number | null;
}

export interface PacedResult {
  readonly calls: readonly PacedCall[];
  readonly changes: readonly PaceChange[];
}

interface Event {
  readonly at: number;
  readonly run: () => Promise<void>;
}

const startsAtMs = Date.parse('2026-11-25T08:00:00+08:00');
/** The pause of a process that was just refused, as in `extract/gateway/caller.ts`. */
const ownPauseMs = 2_000;

/** The same numbers in every run. */
function createRandom(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

class PacedWorld {
  readonly #ledger: PacedLedger;
  readonly #world: PacedCase;
  readonly #quota = createQuota({});
  readonly #random = createRandom();
  readonly #events: Event[] = [];
  readonly calls: PacedCall[] = [];
  readonly changes: PaceChange[] = [];
  #endsAt: number;
  #now = 0;
  #asked = 0;
  #pausedUntil = 0;

  constructor(ledger: PacedLedger, world: PacedCase) {
    this.#ledger = ledger;
    this.#world = world;
    this.#endsAt = world.seconds * 1_000;
  }

  async play(): Promise<void> {
    for (let n = 0; n < this.#world.workers; n++) this.#ask(n);
    for (let event = this.#next(); event && event.at < this.#endsAt; event = this.#next()) {
      this.#now = event.at;
      await this.#ledger.setTime(startsAtMs + event.at);
      await event.run();
    }
  }

  #next(): Event | undefined {
    const first = this.#events.reduce(
      (best, { at }, n, all) => (at < (all[best]?.at ?? Infinity) ? n : best),
      0,
    );
    return this.#events.splice(first, 1)[0];
  }

  #after(ms: number, run: () => Promise<void>): void {
    this.#events.push({ at: this.#now + ms, run });
  }

  #ask(inMs: number): void {
    this.#after(inMs, async () => {
      if (this.#pausedUntil > this.#now) {
        this.#ask(this.#pausedUntil - this.#now);
        return;
      }
      const { appKey, api } = this.#ledger;
      const answer = await this.#ledger.ledger.reserve(requestFor(`call-${this.#asked++}`, { appKey, api }));
      if (answer.kind === 'granted') {
        // From the ledger's own time: the test takes a moment of the real one to ask.
        const sendAt = answer.observedAt.getTime() - startsAtMs + answer.sendAfterMs;
        this.#after(Math.max(0, sendAt - this.#now), () => this.#send(answer.callId));
        return;
      }
      if (answer.kind !== 'denied') throw new Error(`not asked: ${answer.kind}`);
      this.#ask((answer.retryAfterMs ?? 1_000) + 2 * this.#random());
    });
  }

  async #send(callId: string): Promise<void> {
    const isPaused = this.#pausedUntil > this.#now;
    if (isPaused) await this.#ledger.ledger.settle(settlementFor(callId, notSent));
    if (isPaused || !(await this.#ledger.ledger.markSent(callId))) {
      this.#ask(1_000);
      return;
    }
    this.#after(this.#onTheWay(), () => this.#arrive(callId));
  }

  #onTheWay(): number {
    const ms = this.#half();
    const { fromSecond, toSecond } = this.#world.stall ?? { fromSecond: 0, toSecond: 0 };
    const at = (this.#now + ms) / 1_000;
    return at >= fromSecond && at < toSecond ? toSecond * 1_000 + ms - this.#now : ms;
  }

  #half(): number {
    return (this.#world.latencyMs / 2) * (0.9 + 0.2 * this.#random());
  }

  async #arrive(callId: string): Promise<void> {
    const second = this.#now / 1_000;
    const limit = this.#world.real.findLast(({ fromSecond }) => fromSecond <= second);
    const perSecond = limit?.perSecond ?? null;
    this.#quota.change(
      this.#world.scope === 'app' ? { appPerSecond: perSecond } : { apiPerSecond: perSecond },
    );
    const isRefused = this.#random() < (limit?.noise ?? 0) || this.#isTooFast();
    this.calls.push({ second, isRefused });
    this.#after(this.#half(), () => this.#settle(callId, isRefused));
  }

  #isTooFast(): boolean {
    try {
      this.#quota.admit(this.#ledger.api, this.#now);
      return false;
    } catch {
      return true;
    }
  }

  async #settle(callId: string, isRefused: boolean): Promise<void> {
    if (isRefused) this.#pausedUntil = Math.max(this.#pausedUntil, this.#now + ownPauseMs);
    const shows: AnswerSign = !isRefused
      ? 'allowed'
      : this.#world.scope === 'app'
        ? 'too_fast_app'
        : 'too_fast_api';
    const refusal = { outcome: 'gateway_error', gatewayCode: 'gw.QosAppFrequencyLimit', body: null } as const;
    await this.#ledger.ledger.settle(
      settlementFor(callId, { shows, body: null, ...(isRefused ? refusal : {}) }),
    );
    await this.#note();
    this.#ask(0);
  }

  async #note(): Promise<void> {
    const { pool, appKey, api } = this.#ledger;
    const { rows } = await pool.query<{ found: number | null }>(
      'SELECT found_per_second AS found FROM usage.pace WHERE app_key = $1 AND api = $2',
      [appKey, this.#world.scope === 'app' ? '*' : api],
    );
    const perSecond = rows[0]?.found ?? null;
    if (this.#world.isOver?.(this.#now / 1_000, perSecond)) this.#endsAt = 0;
    if (perSecond !== (this.changes.at(-1)?.perSecond ?? null)) {
      this.changes.push({ second: this.#now / 1_000, perSecond });
    }
  }
}

const notSent = { state: 'refunded', outcome: 'not_sent', body: null } as const;

/** Plays a case on a ledger in which nothing was called yet. */
export async function playPaced(ledger: PacedLedger, world: PacedCase): Promise<PacedResult> {
  const { appKey, api, quota } = ledger;
  await quota.applyPresets({ appKey, account: 'business', apis: [api], callsPerSecond: world.declared });
  await quota.setLimit({ appKey, api, period: 'day', callLimit: 1_000_000 });
  const paced = new PacedWorld(ledger, world);
  await paced.play();
  return { calls: paced.calls, changes: paced.changes };
}

export interface Found {
  /** Seconds until the pace is at most the limit, and calls that were refused by then. */
  readonly afterSeconds: number;
  readonly refusedBefore: number;
  /** Of the calls afterwards. */
  readonly refusedShare: number;
  /** Calls that passed afterwards, of those that the limit allowed. */
  readonly usedShare: number;
}

/** What became of a limit that held between two seconds. */
export function measureFound(
  { calls, changes }: PacedResult,
  limit: { readonly from: number; readonly to: number; readonly perSecond: number },
): Found {
  const { from, to, perSecond } = limit;
  const isAt = (pace: number | null) => pace !== null && pace <= perSecond * 1.06 && pace >= perSecond * 0.9;
  const before = changes.findLast(({ second }) => second <= from);
  const first = isAt(before?.perSecond ?? null)
    ? from
    : (changes.find((change) => change.second > from && isAt(change.perSecond))?.second ?? to);
  const within = (a: number, b: number) => calls.filter(({ second }) => second >= a && second < b);
  const refused = (some: readonly PacedCall[]) => some.filter(({ isRefused }) => isRefused).length;
  const after = within(first + 1, to);
  return {
    afterSeconds: first - from,
    refusedBefore: refused(within(from, first + 1)),
    refusedShare: refused(after) / after.length,
    usedShare: (after.length - refused(after)) / (perSecond * (to - first - 1)),
  };
}
