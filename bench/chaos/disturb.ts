import { sleep } from '../../src/core/clock.ts';
import { isDatabaseOutage } from '../../src/db/database-error.ts';
import { until } from '../../test/support/until.ts';
import type { Incident } from './evidence.ts';
import type { ChaosSite } from './open-site.ts';
import { act } from './act.ts';
import { longSeconds, type Disturbance, type DisturbanceKind } from './plan-disturbances.ts';

/** What the disturbances were in the end. */
export interface DisturbanceReport {
  readonly incidents: readonly Incident[];
  /** Left out, or without effect: Postgres had hardly come back from the restart before, or nobody was there to be struck. */
  readonly skipped: number;
  /** From Postgres' return to the first call after it, in milliseconds; the longest. Null: never seen. */
  readonly longestPauseToResumeMs: number | null;
  /** What the queues held before Redis was emptied. */
  readonly queueDumps: readonly string[];
}

export interface DisturbOptions {
  readonly seconds: number;
  readonly plan: readonly Disturbance[];
  /** Goes on, undisturbed, until it says so, or for `maxExtraMs`. */
  readonly isEnough: () => Promise<boolean>;
  /** Called about once a second. */
  readonly onProgress: (state: { readonly calls: number; readonly incidents: number }) => void;
}

/** A busy machine has time to reach a small limit. */
const maxExtraMs = 240_000;
/** As long as nothing better is known. */
const expectedResumeMs = 3000;
/** For calls to hit; no more, since much of the time there may be no quota for any. */
const maxWaitMs = 1000;
/** A cut hurts nobody but calls. */
const maxWaitForCutMs = 5000;
/** No call for that long after a restart means that no quota is left, not that Postgres is slow. */
const maxResumeMs = 10_000;
/** The next restart comes after so many times what it took to resume. */
const restartPauses = 2;

/** One at a time: each needs Postgres as it is. */
const ofPostgres: ReadonlySet<string> = new Set<DisturbanceKind>(['exhaust-connections', 'fill-disk']);
const restarts: ReadonlySet<string> = new Set<DisturbanceKind>([
  'restart-postgres-fast',
  'restart-postgres-immediate',
  'kill-postgres',
]);

class Disturber {
  readonly #site: ChaosSite;
  readonly #isLong: boolean;
  readonly incidents: Incident[] = [];
  readonly queueDumps: string[] = [];
  skipped = 0;
  longestPauseToResumeMs: number | null = null;
  #restartedAt = -Infinity;
  #postgres: Promise<unknown> = Promise.resolve();

  constructor(site: ChaosSite, seconds: number) {
    this.#site = site;
    this.#isLong = seconds >= longSeconds;
  }

  async cause(disturbance: Disturbance): Promise<void> {
    const { kind } = disturbance;
    await this.#waitForCalls(kind === 'cut-gateway' ? maxWaitForCutMs : maxWaitMs);
    if (restarts.has(kind)) await this.#inTurn(() => this.#restartPostgres(disturbance));
    else if (ofPostgres.has(kind)) await this.#inTurn(() => this.#strike(disturbance));
    else await this.#strike(disturbance);
  }

  async note(kind: string, fromMs: number, before: readonly string[] = []): Promise<void> {
    const toMs = this.#site.clock.nowMs();
    // Whoever left calls open is gone, and the ledger keeps them for a minute: none is missed.
    const openCalls = await until(() => this.#listOpenCalls(), {
      timeoutMs: 50_000,
      what: 'Postgres answers again',
    });
    this.incidents.push({ kind, fromMs, toMs, openCalls: [...new Set([...before, ...openCalls])] });
  }

  async #strike({ kind, pick }: Disturbance): Promise<void> {
    const fromMs = this.#site.clock.nowMs();
    // What lasts for a minute and more outlasts calls that it struck.
    const before = await this.#listOpenCalls().catch(() => []);
    const isStruck = await act(kind, {
      ...{ site: this.#site, pick, isLong: this.#isLong, holdMs: this.#isLong ? 5000 : 2000 },
      keepQueueDump: (text) => this.queueDumps.push(text),
    }).catch((error: unknown) => {
      // Another disturbance was there first.
      if (isDatabaseOutage(error)) return false;
      throw error;
    });
    if (isStruck) await this.note(kind, fromMs, before);
    else this.skipped += 1;
  }

  async #listOpenCalls(): Promise<string[]> {
    const { rows } = await this.#site.pool.query<{ call_id: string }>('SELECT call_id FROM usage.in_flight');
    return rows.map(({ call_id }) => call_id);
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#postgres.then(work);
    this.#postgres = turn.catch(() => undefined);
    await turn;
  }

  /**
   * Whatever goes wrong while nothing is under way costs nothing and shows nothing. Calls that left longer ago are
   * mostly those of processes that are gone.
   */
  async #waitForCalls(maxMs: number): Promise<void> {
    const { pool } = this.#site;
    const deadline = performance.now() + maxMs;
    while (performance.now() < deadline) {
      const found = await pool
        .query(`SELECT FROM usage.in_flight WHERE sent_at > usage.ledger_now() - interval '500 ms'`)
        .catch(() => null);
      if (found === null || found.rows.length > 0) return;
      await sleep(20);
    }
  }

  async #restartPostgres(disturbance: Disturbance): Promise<void> {
    const pauseMs = restartPauses * (this.longestPauseToResumeMs ?? expectedResumeMs);
    if (performance.now() - this.#restartedAt < pauseMs) {
      this.skipped += 1;
      return;
    }
    const { sandbox } = this.#site;
    await this.#strike(disturbance);
    this.#restartedAt = performance.now();
    const before = await sandbox.countArrivals();
    const deadline = this.#restartedAt + maxResumeMs;
    while (performance.now() < deadline) {
      if ((await sandbox.countArrivals()) > before) {
        this.longestPauseToResumeMs = Math.max(
          this.longestPauseToResumeMs ?? 0,
          performance.now() - this.#restartedAt,
        );
        return;
      }
      await sleep(100);
    }
  }
}

/** Carries out the plan, then kills every process at once. */
export async function disturb(site: ChaosSite, options: DisturbOptions): Promise<DisturbanceReport> {
  const disturber = new Disturber(site, options.seconds);
  const under: Promise<void>[] = [];
  const failures: unknown[] = [];
  const todo = [...options.plan];
  const startedAt = performance.now();
  let shownAt = -Infinity;
  for (let now = 0; now < options.seconds * 1000; now = performance.now() - startedAt) {
    for (let next = todo[0]; next && next.atMs <= now; next = todo[0]) {
      todo.shift();
      under.push(disturber.cause(next).catch((error: unknown) => void failures.push(error)));
    }
    if (now - shownAt >= 1000) {
      shownAt = now;
      options.onProgress({
        calls: await site.sandbox.countArrivals(),
        incidents: disturber.incidents.length,
      });
    }
    await sleep(25);
  }
  await Promise.all(under);
  for (const end = performance.now() + maxExtraMs; performance.now() < end && !(await options.isEnough());)
    await sleep(1000);
  if (failures.length > 0) throw new AggregateError(failures, 'disturbances could not be carried out');
  const fromMs = site.clock.nowMs();
  await site.fleet.stop('SIGKILL');
  await disturber.note('end', fromMs);
  const { incidents, skipped, longestPauseToResumeMs, queueDumps } = disturber;
  if (site.redis) queueDumps.push(await site.redis.dump());
  return { incidents, skipped, longestPauseToResumeMs, queueDumps };
}
