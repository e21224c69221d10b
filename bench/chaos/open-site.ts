import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Pool } from 'pg';
import { hourMs } from '../../src/core/duration.ts';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import type { Logger } from '../../src/core/log.ts';
import { createPool } from '../../src/db/pool.ts';
import { createLedgerCorrections } from '../../src/ledger/ledger-corrections.ts';
import { createQuotaStore } from '../../src/ledger/quota-store.ts';
import { createRunStore } from '../../src/runs/run-store.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import type { Backend } from '../support/stack.ts';
import { countMonthDays, createChaosClock, type ChaosClock } from './chaos-clock.ts';
import {
  chooseLimits,
  describeLimits,
  liftLimits,
  secondFeed,
  type ChaosLimits,
  type MinCalls,
} from './chaos-limits.ts';
import { longSeconds } from './plan-disturbances.ts';
import { startPostgres, type ChaosPostgres } from './start-postgres.ts';
import { startRedis, type ChaosRedis } from './start-redis.ts';
import { startSandbox, type ChaosSandbox } from './start-sandbox.ts';
import { createWorkerFleet, type WorkerFleet } from './worker-fleet.ts';

export interface SiteOptions {
  readonly backend: Backend;
  readonly seed: number;
  readonly workers: number;
  readonly offers: number;
  readonly seconds: number;
  /** What the made-up clock shows in the middle of the disturbances. */
  readonly middle: Date;
  /** The limits are so small that one is reached on any machine. */
  readonly isAtLimit: boolean;
  /** Path of `catalog-sync.js`. */
  readonly program: string;
  /** Everything that is written lies below it. */
  readonly folder: string;
  /** Whether the folder is kept; asked at the end. */
  readonly isKept: () => boolean;
  readonly log: Logger;
}

/** Servers, sandbox and project of one chaos run, with nothing at work yet. */
export interface ChaosSite {
  readonly postgres: ChaosPostgres;
  /** Null: the queues live in Postgres. */
  readonly redis: ChaosRedis | null;
  readonly sandbox: ChaosSandbox;
  readonly fleet: WorkerFleet;
  /** Another operator's folder, whose sync file has a feed more. */
  readonly secondProject: string;
  readonly secondFeed: string;
  /** How long each call takes, unless somebody slows it down. */
  readonly latencyMs: number;
  readonly pool: Pool;
  readonly clock: ChaosClock;
  /** As they are until they are lifted. */
  readonly limits: ChaosLimits;
  /** Moves the clock to where the disturbances begin, and books what others used of that month. */
  beginAt(instant: Date): Promise<void>;
  /** Takes the limits away, while nobody works. */
  liftLimits(): Promise<void>;
  /** Everything that must never be written, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where the processes of the product log, a file each. */
  readonly logFolder: string;
}

const appKey = '1000000';

/** In a short run each call lasts about as long as one to 1688 does, so that there is always one to hit. */
const latencyMsOf = (seconds: number) => (seconds >= longSeconds ? 150 : 600);

/** Each start takes a second of a core and more, which a long run has better use for. */
const restartMsOf = (seconds: number) => (seconds >= longSeconds ? 2000 : 500);

/** Beyond any time that a run can reach: the world stands still. */
const worldStepMs = 1e14;

/**
 * On the way of good answers, in shares of all calls: some of each in a small catalog too. The last is the one that
 * takes long to notice.
 */
function chooseFaults(offers: number): Fault[] {
  const rate = Math.max(0.002, 3 / offers);
  return [
    { kind: 'reset', rate: 2 * rate },
    { kind: 'cut', rate },
    { kind: 'truncate', rate },
    { kind: 'server_error', rate, status: 503 },
    { kind: 'hang', rate: 0.0003 },
  ];
}

const secretText = () => randomBytes(16).toString('hex');

interface Project {
  readonly site: Pick<ChaosSite, 'postgres' | 'redis' | 'sandbox'>;
  readonly secrets: ChaosSite['secrets'];
}

/** A folder as an operator has it. */
function writeProject(folder: string, { site, secrets }: Project): void {
  mkdirSync(folder, { recursive: true });
  const settings = {
    ALIBABA_API_URL: site.sandbox.url,
    ALIBABA_APP_KEY: appKey,
    ALIBABA_APP_SECRET: secrets['app secret'],
    ALIBABA_ACCESS_TOKEN: secrets['access token'],
    ALIBABA_REFRESH_TOKEN: secrets['refresh token'],
    TOKEN_KEY: secrets['token key'],
    DATABASE_URL: site.postgres.url,
    ...(site.redis ? { REDIS_URL: site.redis.url } : {}),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${String(value)}\n`);
  writeFileSync(join(folder, '.env.local'), lines.join(''), { mode: 0o600 });
}

function writeSyncFile(folder: string, limits: ChaosLimits, isSecond = false): void {
  writeFileSync(join(folder, 'catalog-sync.yaml'), describeLimits(limits, isSecond));
}

/** Tells the ledger what `catalog-sync.yaml` has no key for. */
async function setMinuteLimits(pool: Pool, { periods }: ChaosLimits): Promise<void> {
  const quota = createQuotaStore({ pool });
  for (const { api, period, calls } of periods) {
    if (period === 'minute') await quota.setLimit({ appKey, api, period, callLimit: calls });
  }
}

/**
 * The ledger spreads a month over its days, and on the last of them all that is left may be used. So that it is no
 * more than on the first of the next, somebody else has used the rest.
 */
async function recordOthers(pool: Pool, limits: ChaosLimits, instant: Date): Promise<void> {
  const { periods, approvedMonthly } = limits;
  for (const { api, calls } of periods.filter(({ period }) => period === 'month')) {
    // The processes find the limit as it is in their file.
    await createQuotaStore({ pool }).applyApproved(appKey, api, { daily: null, monthly: approvedMonthly });
    const today = Math.ceil(approvedMonthly / countMonthDays(instant).left);
    await createLedgerCorrections({ pool }).recordExternal(appKey, api, today - calls);
  }
}

/** Starts all of it; `closing` stops it and removes what lies outside the folder. */
export async function openSite(options: SiteOptions, closing: CloseStack): Promise<ChaosSite> {
  const { folder, backend, offers, seed, log } = options;
  const [postgresFolder, projectFolder, secondProject] = ['postgres', 'project', 'second-project'].map(
    (name) => join(folder, name),
  ) as [string, string, string];
  const latencyMs = latencyMsOf(options.seconds);
  const postgres = await startPostgres(postgresFolder, log, true);
  closing.add('postgres', async () => {
    await postgres.stop(options.isKept());
    if (postgres.home !== resolve(postgresFolder)) rmSync(postgres.home, { recursive: true, force: true });
  });
  const redis = backend === 'redis' ? await startRedis() : null;
  if (redis) closing.add('redis', () => redis.stop());
  const secrets = {
    'app secret': secretText(),
    'access token': secretText(),
    'refresh token': secretText(),
    'token key': randomBytes(32).toString('hex'),
    'database password': postgres.password,
  };
  const sandbox = await startSandbox({
    ...{ seed, offers, worldStepMs, latencyMs, faults: chooseFaults(offers) },
    categories: Math.min(5000, Math.max(60, Math.round(offers / 20))),
    appSecret: secrets['app secret'],
    accessToken: secrets['access token'],
    accessTokenLifeMs: hourMs,
    refreshToken: secrets['refresh token'],
  });
  closing.add('sandbox', () => sandbox.stop());
  const { min_calls: min } = (await sandbox.ask('/stats?categories=0&calls=false')) as {
    readonly min_calls: MinCalls;
  };
  const limits = chooseLimits(min, {
    seconds: options.seconds,
    monthDays: countMonthDays(options.middle).all,
    isAtLimit: options.isAtLimit,
  });
  for (const place of [projectFolder, secondProject]) {
    writeProject(place, { site: { postgres, redis, sandbox }, secrets });
    writeSyncFile(place, limits, place === secondProject);
  }
  await promisify(execFile)(process.execPath, [options.program, 'migrate', '--project', projectFolder]);
  const pool = createPool({ connectionString: postgres.url, max: 4, log });
  closing.add('pool', () => pool.end());
  await createRunStore({ pool }).claimSource('sandbox');
  await setMinuteLimits(pool, limits);
  const logFolder = join(folder, 'logs');
  const restartMs = restartMsOf(options.seconds);
  const fleet = createWorkerFleet({ ...options, project: projectFolder, logFolder, restartMs });
  closing.add('workers', () => fleet.stop('SIGKILL'));
  const clock = createChaosClock(sandbox, createQuotaStore({ pool }));
  return {
    ...{ postgres, redis, sandbox, fleet, secondProject, secondFeed, latencyMs },
    ...{ pool, clock, limits, secrets, logFolder },
    beginAt: async (instant) => {
      await clock.moveTo(instant);
      await recordOthers(pool, limits, instant);
    },
    liftLimits: async () => {
      const lifted = liftLimits(limits);
      writeSyncFile(projectFolder, lifted);
      await setMinuteLimits(pool, lifted);
    },
  };
}
