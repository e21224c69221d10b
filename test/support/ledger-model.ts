import type { CallState, Lane } from '../../src/model/ledger.ts';

/*
 * What the ledger promises, written a second time and in another way: no counters but a list of calls, from which
 * each window's count is made whenever it is asked for. Days are those of Asia/Shanghai, 24 hours each.
 */

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const shanghaiMs = 8 * hourMs;

/** Longest time between a grant and its sending. The clock of the model moves by more than that, or not at all. */
export const sendWithinMs = 20 * 60_000;
/** Longest call: one granted at 23:30 may arrive on the next day, and counts on both. */
export const maxCallMs = 3_600_000;

export type Kind = 'day' | 'month';
export type Reset = 'calendar' | 'rolling';

interface Limit {
  readonly api: string;
  readonly kind: Kind;
  readonly callLimit: number;
  readonly reset: Reset;
  readonly from: number;
  to: number;
}

export interface ModelPeriod {
  readonly api: string;
  readonly kind: Kind;
  readonly startsAt: number;
  readonly endsAt: number;
  dayStartsAt: number;
  usedBeforeDay: number;
  external: number;
  isAssumedSpent: boolean;
}

export interface ModelRun {
  readonly runId: string;
  readonly budget: number;
}

export interface ModelRequest {
  readonly name: string;
  readonly api: string;
  readonly lane: Lane;
  readonly run: ModelRun | null;
  readonly freshForMs: number;
}

export interface ModelCall extends ModelRequest {
  readonly callId: string;
  /** Those that count it: it may arrive in them. */
  readonly periods: ModelPeriod[];
  readonly grantedAt: number;
  sentAt: number | null;
  state: CallState;
}

/** `by`: the windows that may be named, where two of them refuse for equally long. */
export type Decision =
  | { readonly kind: 'granted' | 'in_flight' | 'cached' | 'QUOTA_LIMIT_UNKNOWN' }
  | { readonly kind: 'denied'; readonly by: readonly string[]; readonly freeAt: number | null };

/** A window in which a call may count, and what is used of everything that counts with it. */
interface Row {
  readonly limit: Limit;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly dayStartsAt: number;
  readonly dayEndsAt: number;
  readonly counted: readonly ModelPeriod[];
  readonly used: number;
  readonly usedToday: number;
  readonly freeAt: number;
}

const startOfDay = (at: number): number => Math.floor((at + shanghaiMs) / dayMs) * dayMs - shanghaiMs;

function startOfMonth(at: number, monthsLater = 0): number {
  const local = new Date(at + shanghaiMs);
  return Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + monthsLater, 1) - shanghaiMs;
}

/** First and last moment of the calendar's windows between two times. */
function calendarPeriods(kind: Kind, from: number, to: number): { startsAt: number; endsAt: number }[] {
  const start = (at: number) => (kind === 'day' ? startOfDay(at) : startOfMonth(at));
  const end = (at: number) => (kind === 'day' ? startOfDay(at) + dayMs : startOfMonth(at, 1));
  const periods = [{ startsAt: start(from), endsAt: end(from) }];
  if (start(to) > start(from)) periods.push({ startsAt: start(to), endsAt: end(to) });
  return periods;
}

export class LedgerModel {
  now = 0;
  limits: Limit[] = [];
  groups: Record<string, readonly string[]> = {};
  proven: string[] = [];
  periods: ModelPeriod[] = [];
  calls: ModelCall[] = [];
  answers: { readonly name: string; readonly observedAt: number; readonly storedAt: number }[] = [];
  /** API, or `*`, to the time until which it is held. */
  readonly holds = new Map<string, number>();
  isOtherDatabase = false;

  copy(): LedgerModel {
    return Object.assign(new LedgerModel(), structuredClone(Object.fromEntries(Object.entries(this))));
  }

  /** What the ledger says to a request now. */
  decide(request: ModelRequest): Decision {
    this.#noticeOtherDatabase();
    const { api, name, run } = request;
    const live = this.calls.filter(({ state }) => state === 'reserved');
    if (live.some((call) => call.name === name)) return { kind: 'in_flight' };
    const freshAfter = this.now - request.freshForMs;
    const isFresh = this.answers.some(
      (answer) => answer.name === name && answer.observedAt > freshAfter && answer.storedAt > freshAfter,
    );
    if (isFresh && request.freshForMs > 0) return { kind: 'cached' };
    const held = [this.holds.get(api) ?? 0, this.holds.get('*') ?? 0].filter((until) => until > this.now);
    if (held.length > 0) {
      const freeAt = Math.max(...held);
      return { kind: 'denied', by: ['hold'], freeAt: Number.isFinite(freeAt) ? freeAt : null };
    }
    // Nobody knows whether it answers: one call at a time finds out.
    if (!this.proven.includes(api) && live.some((call) => call.api === api)) {
      return { kind: 'denied', by: ['hold'], freeAt: this.now + 100 };
    }
    if (run && this.usedByRun(run) >= run.budget) return { kind: 'denied', by: ['run'], freeAt: null };
    if (this.#limitsOf(api).length === 0) return { kind: 'QUOTA_LIMIT_UNKNOWN' };
    return this.#refusal(request) ?? { kind: 'granted' };
  }

  grant(request: ModelRequest, callId: string): void {
    const periods = this.#rows(request.api, this.#latest()).map((row) => this.#openToday(row));
    this.calls.push({
      ...request,
      ...{ callId, periods, grantedAt: this.now, sentAt: null, state: 'reserved' },
    });
  }

  /** False: too late, or already sent or ended. */
  markSent(call: ModelCall): boolean {
    const isInTime = this.now <= call.grantedAt + sendWithinMs;
    if (call.state !== 'reserved' || call.sentAt !== null || !isInTime) return false;
    call.sentAt = this.now;
    return true;
  }

  /** The first end stays, save that an answer replaces every other one. */
  settle(call: ModelCall, state: Exclude<CallState, 'reserved'>, hasBody: boolean): void {
    if (call.state === 'committed' || (call.state !== 'reserved' && state !== 'committed')) return;
    call.state = state;
    if (state !== 'committed' || !hasBody) return;
    const storedAt = Math.max(this.now, call.grantedAt);
    this.answers.push({ name: call.name, observedAt: call.grantedAt, storedAt });
  }

  isDue({ state, sentAt, grantedAt }: ModelCall): boolean {
    if (state !== 'reserved') return false;
    return sentAt === null ? grantedAt + sendWithinMs < this.now : sentAt < this.now - maxCallMs;
  }

  sweep(): { refunded: number; unknown: number } {
    const due = this.calls.filter((call) => this.isDue(call));
    for (const call of due) call.state = call.sentAt === null ? 'refunded' : 'unknown';
    const refunded = due.filter(({ state }) => state === 'refunded').length;
    return { refunded, unknown: due.length - refunded };
  }

  /** In place of the one that is open; the first one has always held. */
  setLimit(limit: Pick<Limit, 'api' | 'kind' | 'callLimit' | 'reset'>): void {
    const all = this.limits.filter(({ api, kind }) => api === limit.api && kind === limit.kind);
    const open = all.find(({ to }) => to === Infinity);
    if (open?.callLimit === limit.callLimit && open.reset === limit.reset) return;
    if (open) open.to = Math.max(open.from, this.now);
    const opened = { ...limit, from: all.length > 0 ? this.now : -Infinity, to: Infinity };
    this.limits.push(opened);
    this.#countEarlier(opened);
  }

  /** A limit that begins counts the calls made before, in the windows in which they may arrive, unless one of it did already. */
  #countEarlier(limit: Limit): void {
    const isRolling = limit.reset === 'rolling';
    // No call is given an hour to leave.
    const rows = this.#rowsOf(limit, this.now + hourMs + maxCallMs);
    const counted = rows.map((row) => ({ row, calls: this.#uncounted(row) }));
    for (const { row, calls } of counted) {
      for (const call of calls) {
        const startsAt = Math.floor(call.grantedAt / hourMs) * hourMs;
        const bucket = { ...row, startsAt, endsAt: startsAt + hourMs, dayStartsAt: startsAt };
        const period = this.#openToday(isRolling ? bucket : row);
        if (!isRolling && row.dayStartsAt > row.startsAt && call.grantedAt < row.dayStartsAt)
          period.usedBeforeDay += Number(call.state !== 'refunded');
        call.periods.push(period);
      }
    }
  }

  #uncounted({ limit, counted, startsAt }: Row): ModelCall[] {
    const from = limit.reset === 'rolling' ? this.now - dayMs : startsAt;
    return this.calls
      .filter(({ api }) => limit.api === '*' || limit.api === api || this.groups[limit.api]?.includes(api))
      .filter(({ grantedAt }) => grantedAt + sendWithinMs + maxCallMs >= from)
      .filter(({ periods }) => !periods.some((period) => counted.includes(period)));
  }

  recordExternal(api: string, calls: number): void {
    for (const row of this.#rows(api, this.now)) this.#openToday(row).external += calls;
  }

  /** What is used then; null: there is no such limit. */
  reconcile(api: string, kind: Kind, used: number): number | null {
    const rows = this.#rows(api, this.now).filter(({ limit }) => limit.api === api);
    const row = rows.find(({ limit }) => limit.kind === kind);
    if (!row) return null;
    const external = row.counted.reduce((sum, period) => sum + period.external, 0);
    const granted = row.used - external;
    const day = rows.find(({ limit }) => limit.kind === 'day' && limit.reset === 'calendar');
    const usedToday = day?.used ?? Math.max(0, row.usedToday - external);
    for (const period of row.counted) Object.assign(period, { external: 0, isAssumedSpent: false });
    const period = this.#openToday(row);
    period.external = Math.max(0, used - granted);
    if (kind === 'month') period.usedBeforeDay = Math.max(0, this.used(period) - usedToday);
    return Math.max(used, granted);
  }

  /** A hold is never shortened. `until`: Infinity until it is resumed. */
  hold(api: string, until: number): void {
    this.holds.set(api, Math.max(this.holds.get(api) ?? 0, until));
  }

  resume(api: string): boolean {
    return this.holds.delete(api);
  }

  usedByRun({ runId }: ModelRun): number {
    return this.calls.filter(({ run, state }) => run?.runId === runId && state !== 'refunded').length;
  }

  /** Calls in a window by what became of them. */
  count(period: ModelPeriod, state?: CallState): number {
    return this.calls.filter(
      (call) => call.periods.includes(period) && (state === undefined || call.state === state),
    ).length;
  }

  /** Whether a grant now would be of the same day as the window's latest one. */
  isInItsDay({ startsAt, dayStartsAt }: ModelPeriod): boolean {
    return dayStartsAt === startOfDay(Math.max(this.now, startsAt));
  }

  used(period: ModelPeriod): number {
    return this.count(period) - this.count(period, 'refunded') + period.external;
  }

  /** The window, of whose latest day it is now. */
  #openToday(row: Row): ModelPeriod {
    const period = this.#open(row);
    if (period.dayStartsAt !== row.dayStartsAt) period.usedBeforeDay = this.used(period);
    period.dayStartsAt = row.dayStartsAt;
    return period;
  }

  #latest(): number {
    return this.now + sendWithinMs + maxCallMs;
  }

  /** Youngest first among those of the same api and kind. */
  #limitsOf(api: string): Limit[] {
    const inEffect = this.limits
      .filter((limit) => limit.api === api || limit.api === '*' || this.groups[limit.api]?.includes(api))
      .filter(({ from, to }) => from <= this.now && this.now < to)
      .toReversed()
      .sort((a, b) => (a.from === b.from ? 0 : b.from - a.from));
    return inEffect.filter(
      (limit, n) => inEffect.findIndex((one) => one.api === limit.api && one.kind === limit.kind) === n,
    );
  }

  #rows(api: string, to: number): Row[] {
    return this.#limitsOf(api).flatMap((limit) => this.#rowsOf(limit, to));
  }

  #rowsOf(limit: Limit, to: number): Row[] {
    return limit.reset === 'calendar'
      ? calendarPeriods(limit.kind, this.now, to).map((span) => this.#calendarRow(limit, span))
      : [this.#rollingRow(limit, to)];
  }

  #counted({ api, kind }: Limit, from: number, to: number): ModelPeriod[] {
    return this.periods.filter(
      (period) => period.api === api && period.kind === kind && period.endsAt > from && period.startsAt < to,
    );
  }

  #calendarRow(limit: Limit, span: { startsAt: number; endsAt: number }): Row {
    const counted = this.#counted(limit, span.startsAt, span.endsAt);
    const dayStartsAt = startOfDay(Math.max(this.now, span.startsAt));
    const today = counted.filter((period) => period.dayStartsAt === dayStartsAt);
    return {
      ...{ limit, ...span, counted, dayStartsAt, dayEndsAt: dayStartsAt + dayMs, freeAt: span.endsAt },
      used: counted.reduce((sum, period) => sum + this.used(period), 0),
      usedToday: today.reduce((sum, period) => sum + this.used(period) - period.usedBeforeDay, 0),
    };
  }

  /** A day that may begin at any hour: hours that touch the latest 24 hours count whole. */
  #rollingRow(limit: Limit, to: number): Row {
    const startsAt = Math.floor(this.now / hourMs) * hourMs;
    const lengthMs = dayMs + (to - this.now);
    const counted = this.#counted(limit, this.now - lengthMs, Infinity);
    const busy = counted.filter((period) => this.used(period) > 0);
    const endsAt = startsAt + hourMs;
    const span = { startsAt, endsAt, dayStartsAt: startsAt, dayEndsAt: endsAt };
    return {
      ...{ limit, ...span, counted, usedToday: 0 },
      used: counted.reduce((sum, period) => sum + this.used(period), 0),
      freeAt: busy.length > 0 ? Math.min(...busy.map((period) => period.endsAt)) + lengthMs : endsAt,
    };
  }

  #open(row: Row): ModelPeriod {
    const { api, kind } = row.limit;
    const { startsAt, endsAt, dayStartsAt } = row;
    const known = this.periods.find(
      (one) => one.api === api && one.kind === kind && one.startsAt === startsAt && one.endsAt === endsAt,
    );
    if (known) return known;
    const period: ModelPeriod = {
      ...{ api, kind, startsAt, endsAt, dayStartsAt },
      ...{ usedBeforeDay: 0, external: 0, isAssumedSpent: false },
    };
    this.periods.push(period);
    return period;
  }

  #refusal({ api, lane }: ModelRequest): Decision | null {
    const refusals = this.#rows(api, this.#latest()).flatMap((row) => {
      const freeAt = this.#refusedUntil(row, lane);
      return freeAt === null ? [] : [{ kind: row.limit.kind, freeAt }];
    });
    if (refusals.length === 0) return null;
    const freeAt = Math.max(...refusals.map((refusal) => refusal.freeAt));
    const by = refusals.filter((refusal) => refusal.freeAt === freeAt).map(({ kind }) => kind);
    return { kind: 'denied', by, freeAt };
  }

  /**
   * Null: it has room. But for the manual lane a month is spread over its days, and 5 % of a day, or of a day's
   * share, are kept; over the day's last two hours they are released evenly.
   */
  #refusedUntil(row: Row, lane: Lane): number | null {
    const { limit, used } = row;
    if (used >= limit.callLimit) return row.freeAt;
    if (lane === 'manual') return null;
    const isMonth = limit.kind === 'month';
    const daysLeft = Math.max(1, Math.round((row.endsAt - row.dayStartsAt) / dayMs));
    const share = isMonth ? Math.ceil((limit.callLimit - used + row.usedToday) / daysLeft) : limit.callLimit;
    const spent = isMonth ? row.usedToday : used;
    const endsAt = isMonth ? row.dayEndsAt : row.endsAt;
    const kept = Math.max(0, Math.floor(share * 0.05));
    const unreleased = Math.min(1, Math.max(0, (endsAt - this.now) / (2 * hourMs)));
    const keptNow = limit.reset === 'rolling' ? kept : Math.ceil(kept * unreleased);
    if (spent < share - keptNow) return null;
    if (limit.reset === 'rolling') return row.freeAt;
    return spent < share ? endsAt - 2 * hourMs * ((share - spent - 1) / kept) : endsAt;
  }

  /** After a restore calls may be missing: everything that is present counts as spent. */
  #noticeOtherDatabase(): void {
    if (!this.isOtherDatabase) return;
    this.isOtherDatabase = false;
    const full: { row: Row; missing: number }[] = [];
    for (const api of new Set(this.limits.map((limit) => limit.api))) {
      for (const row of this.#rows(api, this.now)) {
        const missing = row.limit.callLimit - row.used;
        if (row.limit.api === api && missing > 0) full.push({ row, missing });
      }
    }
    for (const { row, missing } of full) {
      const period = this.#open(row);
      period.external += missing;
      period.isAssumedSpent = true;
    }
  }
}
