import { sleep } from '../../src/core/clock.ts';
import { until } from '../../test/support/until.ts';
import type { Incident } from './evidence.ts';
import type { ChaosSite } from './open-site.ts';
import { stallMsOf, type Disturbance, type DisturbanceKind } from './plan-disturbances.ts';
import type { StopMode } from './start-postgres.ts';

/** What the disturbances were in the end. */
export interface DisturbanceReport {
  readonly incidents: readonly Incident[];
  /** Left out: Postgres had hardly come back from the restart before. */
  readonly skipped: number;
  /** From Postgres' return to the first call after it, in milliseconds; the longest. Null: never seen. */
  readonly longestPauseToResumeMs: number | null;
  /** What the queues held before Redis was emptied. */
  readonly queueDumps: readonly string[];
}

export interface DisturbOptions {
  readonly seconds: number;
  readonly plan: readonly Disturbance[];
  /** Called about once a second. */
  readonly onProgress: (state: { readonly calls: number; readonly incidents: number }) => void;
}

const stopModes: Readonly<Partial<Record<DisturbanceKind, StopMode>>> = {
  'restart-postgres-fast': 'fast',
  'restart-postgres-immediate': 'immediate',
  'kill-postgres': 'kill',
};

/** As long as nothing better is known. */
const expectedResumeMs = 3000;
/** For calls to hit; no more, since much of the time there may be no quota for any. */
const maxWaitMs = 1000;
/** A cut hurts nobody but calls. */
const maxWaitForCutMs = 5000;
/** No call for that long after a restart means that no quota is left, not that Postgres is slow. */
const maxResumeMs = 10_000;

class Disturber {
  readonly #site: ChaosSite;
  readonly #stallMs: number;
  readonly incidents: Incident[] = [];
  readonly queueDumps: string[] = [];
  skipped = 0;
  longestPauseToResumeMs: number | null = null;
  #restartedAt = -Infinity;
  #isRestarting = false;

  constructor(site: ChaosSite, seconds: number) {
    this.#site = site;
    this.#stallMs = stallMsOf(seconds);
  }

  async cause({ kind, pick }: Disturbance): Promise<void> {
    await this.#waitForCalls(kind === 'cut-gateway' ? maxWaitForCutMs : maxWaitMs);
    const fromMs = this.#site.clock.nowMs();
    const mode = stopModes[kind];
    if (mode) await this.#restartPostgres(kind, mode);
    else {
      await this.#carryOut(kind, pick);
      await this.note(kind, fromMs);
    }
  }

  async note(kind: string, fromMs: number): Promise<void> {
    const toMs = this.#site.clock.nowMs();
    // Whoever left calls open is gone, and the ledger keeps them for a minute: none is missed.
    const openCalls = await until(
      async () => {
        const { rows } = await this.#site.pool.query<{ call_id: string }>(
          'SELECT call_id FROM usage.in_flight',
        );
        return rows.map(({ call_id }) => call_id);
      },
      { timeoutMs: 50_000, what: 'Postgres answers again' },
    );
    this.incidents.push({ kind, fromMs, toMs, openCalls });
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

  async #restartPostgres(kind: string, mode: StopMode): Promise<void> {
    const pauseMs = 4 * (this.longestPauseToResumeMs ?? expectedResumeMs);
    if (this.#isRestarting || performance.now() - this.#restartedAt < pauseMs) {
      this.skipped += 1;
      return;
    }
    this.#isRestarting = true;
    const { clock, postgres, sandbox } = this.#site;
    const fromMs = clock.nowMs();
    await postgres.restart(mode);
    this.#restartedAt = performance.now();
    const before = await sandbox.countArrivals();
    await this.note(kind, fromMs);
    this.#isRestarting = false;
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

  async #carryOut(kind: DisturbanceKind, pick: number): Promise<void> {
    const { fleet, redis, sandbox, pool } = this.#site;
    switch (kind) {
      case 'kill-worker':
        return fleet.kill(pick);
      case 'kill-all':
        return fleet.killAll();
      case 'stall-worker':
        return fleet.stall(pick, this.#stallMs);
      case 'cut-gateway':
        sandbox.cut();
        return;
      case 'cut-database':
        // It may be down already.
        await pool
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()`,
          )
          .catch(() => undefined);
        return;
      case 'cut-redis':
        return redis?.cut();
      case 'flush-redis':
        if (redis) this.queueDumps.push(await redis.dump());
        return redis?.flush();
      case 'restart-redis':
        if (redis) this.queueDumps.push(await redis.dump());
        return redis?.restart();
      default:
        throw new RangeError(`nobody knows how to ${kind}`);
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
  if (failures.length > 0) throw new AggregateError(failures, 'disturbances could not be carried out');
  const fromMs = site.clock.nowMs();
  await site.fleet.stop('SIGKILL');
  await disturber.note('end', fromMs);
  const { incidents, skipped, longestPauseToResumeMs, queueDumps } = disturber;
  if (site.redis) queueDumps.push(await site.redis.dump());
  return { incidents, skipped, longestPauseToResumeMs, queueDumps };
}
