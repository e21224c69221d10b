import pg from 'pg';
import { sleep } from '../../src/core/clock.ts';
import { until } from '../../test/support/until.ts';
import { findBusiestSecond } from './judges/judge-periods.ts';
import { createHogs } from './hog-connections.ts';
import type { ChaosSite } from './open-site.ts';
import { freezeMs, stallMs, type DisturbanceKind } from './plan-disturbances.ts';
import type { StopMode } from './start-postgres.ts';

/** What an act needs to know. */
export interface Scene {
  readonly site: ChaosSite;
  /** From 0 to below 1. */
  readonly pick: number;
  /** How long what is undone stays, in milliseconds: longer in a long run. */
  readonly holdMs: number;
  readonly isLong: boolean;
  keepQueueDump(text: string): void;
}

type Act = (scene: Scene) => Promise<boolean>;

/** Below any time limit of a call, so that not one is lost by it. */
const slowLatencyMs = 4000;

/** How long the provider's real limit is below the declared one: longer than the pause after a refusal (10 s). */
const narrowMs = (isLong: boolean) => (isLong ? 15_000 : 6000);

const struck =
  (work: (scene: Scene) => Promise<void> | void): Act =>
  async (scene) => {
    await work(scene);
    return true;
  };

const endOthers = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()`;

/** First what is free is taken, then what the processes lose. */
async function exhaustConnections({ site, holdMs }: Scene): Promise<boolean> {
  const hogs = createHogs(site.postgres.url);
  try {
    const client = await site.pool.connect();
    try {
      await hogs.fill();
      await client.query(endOthers);
    } finally {
      client.release(true);
    }
    await hogs.keep(holdMs);
    return true;
  } finally {
    hogs.release();
  }
}

/** Needs new pages, and keeps none. */
const needsRoom = `CREATE TEMP TABLE needs_room AS SELECT repeat('x', 1000) FROM generate_series(1, 20000)`;

/** True: the server had no room for a table (`disk_full`), or has ended for having none for its log. */
async function meetsFullDisk({ pool }: ChaosSite): Promise<boolean> {
  const client = await pool.connect();
  try {
    await client.query(needsRoom);
    return false;
  } catch (error) {
    return !(error instanceof pg.DatabaseError) || ['53100', '57P02'].includes(error.code ?? '');
  } finally {
    client.release(true);
  }
}

async function fillDisk({ site, holdMs }: Scene): Promise<boolean> {
  const { disk } = site.postgres;
  if (!disk) return false;
  try {
    disk.fill();
    const isMet = await meetsFullDisk(site);
    await sleep(holdMs);
    return isMet;
  } finally {
    disk.free();
    // A log that can't be written ends the server, and a recovery that can't either.
    await until(
      async () => {
        await site.postgres.ensureStarted();
        return site.pool.query('SELECT');
      },
      { timeoutMs: 60_000, what: 'Postgres is back from a full disk' },
    );
  }
}

interface SeenCall {
  readonly at: string;
  readonly outcome: string;
}

async function listSince({ sandbox }: ChaosSite, sinceMs: number): Promise<readonly SeenCall[]> {
  const seen = await sandbox.ask(`/stats?since=${new Date(sinceMs).toISOString()}`);
  return (seen as { readonly calls: readonly SeenCall[] }).calls;
}

/**
 * For some seconds the provider allows less than it let through in the best of the last seconds, to the app or to each API.
 * Much less would hold for minutes: the pace rises slowly.
 */
async function narrowGateway({ site, pick, isLong }: Scene): Promise<boolean> {
  const recent = await listSince(site, site.clock.nowMs() - 10_000);
  const busiest = findBusiestSecond(recent.map(({ at }) => Date.parse(at)));
  const fromMs = site.clock.nowMs();
  const perSecond = Math.max(1, Math.floor(0.6 * busiest));
  await site.sandbox.command('/quotas', { [pick < 0.5 ? 'appPerSecond' : 'apiPerSecond']: perSecond });
  await sleep(narrowMs(isLong));
  await site.sandbox.command('/quotas', { appPerSecond: null, apiPerSecond: null });
  const calls = await listSince(site, fromMs);
  return calls.some(({ outcome }) => outcome.includes('FrequencyLimit'));
}

async function slowGateway({ site, holdMs }: Scene): Promise<boolean> {
  const fromMs = site.clock.nowMs();
  await site.sandbox.command('/latency', { latencyMs: slowLatencyMs });
  await sleep(2 * holdMs);
  await site.sandbox.command('/latency', { latencyMs: site.latencyMs });
  return (await listSince(site, fromMs)).length > 0;
}

/** By two to eight minutes, into the future or back. */
function stepMsOf(pick: number): number {
  const minutes = 2 + ((pick * 1000) % 1) * 6;
  return Math.round((pick * 100) % 1 < 0.5 ? -minutes : minutes) * 60_000;
}

async function secondSyncFile({ site, pick, isLong }: Scene): Promise<boolean> {
  const words = ['sync', '--feed', site.secondFeed];
  const signal = pick < 0.5 ? 'SIGTERM' : 'SIGKILL';
  const text = await site.fleet.runBeside(
    { project: site.secondProject, words, signal },
    isLong ? 20_000 : 10_000,
  );
  return text.includes('"call settled"');
}

const restart = (mode: StopMode): Act => struck(({ site }) => site.postgres.restart(mode));

const acts: Readonly<Record<DisturbanceKind, Act>> = {
  'restart-postgres-fast': restart('fast'),
  'restart-postgres-immediate': restart('immediate'),
  'kill-postgres': restart('kill'),
  'kill-worker': struck(({ site, pick }) => site.fleet.kill(pick)),
  'kill-all': struck(({ site }) => site.fleet.killAll()),
  'stall-worker': ({ site, pick }) => site.fleet.stall(pick, stallMs),
  'freeze-worker': ({ site, pick }) => site.fleet.stall(pick, freezeMs),
  'second-sync-file': secondSyncFile,
  // It may be down already.
  'cut-database': ({ site }) =>
    site.pool.query(endOthers).then(
      () => true,
      () => false,
    ),
  'exhaust-connections': exhaustConnections,
  'fill-disk': fillDisk,
  'cut-gateway': struck(({ site }) => site.sandbox.cut()),
  'slow-gateway': slowGateway,
  'narrow-gateway': narrowGateway,
  'step-clock': struck(({ site, pick, holdMs }) => site.fleet.stepClock(pick, stepMsOf(pick), 2 * holdMs)),
  'flush-redis': struck(async ({ site: { redis }, ...scene }) => {
    if (redis) scene.keepQueueDump(await redis.dump());
    await redis?.flush();
  }),
  'restart-redis': struck(async ({ site: { redis }, ...scene }) => {
    if (redis) scene.keepQueueDump(await redis.dump());
    await redis?.restart();
  }),
  'cut-redis': struck(async ({ site }) => site.redis?.cut()),
  'pause-redis': struck(async ({ site, holdMs }) => site.redis?.pause(holdMs)),
};

/** Carries out one disturbance, to its end. False: it struck nobody. */
export function act(kind: DisturbanceKind, scene: Scene): Promise<boolean> {
  return acts[kind](scene);
}
