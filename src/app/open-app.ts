import type { Pool } from 'pg';
import { isSelfUse } from '../config/is-self-use.ts';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../config/environment.ts';
import { connectionLimits } from '../db/connection-limits.ts';
import { credentialsOf, requireOurs, sourceOf } from './credentials.ts';
import type { AppError } from '../core/errors.ts';
import { CloseStack, unlessAborted, type Shutdown } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import type { Gateway } from '../model/gateway.ts';
import type { Source } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { createGateway } from '../extract/gateway/create-gateway.ts';
import type { TransportTimeouts } from '../extract/gateway/transport.ts';
import { createTokenProvider } from '../extract/oauth/token-provider.ts';
import type { Unsettled } from '../ledger/keep-unsettled.ts';
import { createBeginRun, type BeginRun } from '../runs/begin-run.ts';
import { adoptSchedules } from '../runs/change-schedules.ts';
import { conduct, createWakeup } from '../jobs/conductor.ts';
import type { JobKind } from '../jobs/job-kinds.ts';
import { forecastRun, type ForecastRequest } from '../runs/forecast-run.ts';
import { fitPlanner } from '../refresh/fit-planner.ts';
import { openWatchLists, type AddWatchLists } from '../config/watch-lists.ts';
import { addCounts } from '../runs/add-counts.ts';
import { createCatalogLoader } from '../jobs/normalize-and-load.ts';
import { createMaintenance } from '../maintenance/maintain.ts';
import type { ProcessDeps } from '../jobs/process-job.ts';
import { openQueues, type Queues } from '../jobs/queue-backend.ts';
import { closeQueueServer, openQueueServer, type QueueServer } from '../jobs/queue-server.ts';
import { requireRedis } from '../db/require-redis.ts';
import { createActivityWatch } from '../jobs/worker-activity.ts';
import { createQueryImageUpload } from '../jobs/upload-query-image.ts';
import { readPromisedFeeds } from '../runs/read-promised-feeds.ts';
import { startScheduledRuns } from '../runs/start-scheduled-runs.ts';
import { tick, type TickDeps } from '../jobs/tick.ts';
import { classifyDatabaseErrors } from '../db/database-error.ts';
import { ensurePartitions } from '../db/partitions.ts';
import { createPool, type PoolUse } from '../db/pool.ts';
import { requireMigrated } from '../db/require-migrated.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import type { PermissionStore } from '../ledger/permission-store.ts';
import type { LeaseStore } from '../refresh/queue/lease-store.ts';
import type { QuotaStore } from '../ledger/quota-store.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { ScheduleStore } from '../runs/schedule-store.ts';
import { createRetentionStore } from '../maintenance/retention-store.ts';
import { betweenTicks, locks, unlessLocked } from '../db/locks.ts';
import { createTokenStore } from '../tokens/token-store.ts';
import { createUploadStore } from '../load/upload-store.ts';
import { hashSyncFile } from '../runs/worker-heartbeat.ts';
import { totalHours } from '../ledger/total-hours.ts';
import { prepareStores } from './prepare-stores.ts';
import { createBlockReader } from './read-blocks.ts';
import type { HealthIssue } from '../model/health-issue.ts';
import { readHealth } from './read-health.ts';
import { openWorker } from './open-worker.ts';
import type { Forecast } from '../refresh/forecast/forecast.ts';
import { retentionAges } from '../maintenance/retention-ages.ts';

export interface AppOptions {
  readonly config: Config;
  readonly sync: SyncConfig;
  readonly databaseUrl: Secret;
  readonly log: Logger;
  readonly shutdown: Pick<Shutdown, 'drain' | 'stopNow' | 'cut'>;
  /** True: the process also serves the pages, which have connections of their own. */
  readonly hasPages?: boolean;
  /** How people start the program, for notifications. Default: `catalog-sync`. */
  readonly command?: string;
  /** Before the second attempt of a job, doubled for each further one. Default 1,000. */
  readonly retryDelayMs?: number;
  /** How long 1688 may keep a call waiting, phase by phase. Default: `defaultTimeouts` of the transport. */
  readonly gatewayTimeouts?: Partial<TransportTimeouts>;
}

/** Everything that runs, wired; `close` undoes it in reverse order. */
export interface App {
  readonly source: Source;
  readonly runs: RunStore;
  readonly leases: LeaseStore;
  readonly schedules: ScheduleStore;
  readonly gateway: Gateway;
  readonly quota: QuotaStore;
  readonly permissions: PermissionStore;
  /** The forecast of a run that begins now; null: not possible. */
  makeForecast(request: ForecastRequest): Promise<Forecast | null>;
  /** @throws AppError DATABASE_OTHER_SOURCE, DATABASE_OTHER_APP */
  readonly begin: BeginRun;
  /** Its connections to Postgres, beside those of the queues. */
  readonly pool: PoolUse;
  /** Open until `close`. */
  readonly queueServer: QueueServer;
  /**
   * Takes over the schedules of the sync file; from then on this process starts runs whose slot has come.
   *
   * @throws AppError SCHEDULE_NAME_TAKEN
   */
  keepSchedules(): Promise<void>;
  /**
   * Works and ticks in this process until `isOver` returns true or the process is stopped; gives why the last tick failed,
   * or null.
   */
  conduct(isOver: () => Promise<boolean>): Promise<AppError | null>;
  /** Calls that this process could not settle so far. */
  countUnsettled(): Unsettled;
  /** What is wrong now; those that need a person first. */
  findHealthIssues(): Promise<HealthIssue[]>;
  /** Sends new notifications before a process ends that worked with `conduct`; waits 15 seconds at most. */
  sendNotifications(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Jobs of a kind under way at once in one process, and calls at once in a batch of details. The ledger paces
 * the calls; this only has to cover the gateway's latency (0.75 s a call, measured by clients) at some calls a
 * second.
 */
const concurrency = { category: 4, search: 8, seller: 4, image: 4, detail: 4 } as const satisfies Record<
  JobKind,
  number
>;
const callConcurrency = 4;

function openGateway(options: AppOptions, ledger: LedgerStore, tokenPool: Pool): Gateway {
  const { config, log, gatewayTimeouts: timeouts = {} } = options;
  const { appKey, appSecret } = credentialsOf(config);
  const baseUrl = config.ALIBABA_API_URL;
  const parts = { appKey, appSecret, baseUrl, timeouts, ledger, log, clock: systemClock };
  const tokens = createTokenProvider({
    ...parts,
    fromEnvironment: {
      accessToken: config.ALIBABA_ACCESS_TOKEN,
      refreshToken: config.ALIBABA_REFRESH_TOKEN,
    },
    store: config.TOKEN_KEY ? createTokenStore({ pool: tokenPool, key: config.TOKEN_KEY, log }) : null,
  });
  return createGateway({ ...parts, tokens, apis: options.sync.apis });
}

/**
 * Builds everything on a migrated database.
 *
 * @throws AppError CREDENTIALS_MISSING, DATABASE_*, REDIS_UNREACHABLE
 */
export async function openApp(options: AppOptions): Promise<App> {
  const closing = new CloseStack();
  try {
    return await wire(options, closing);
  } catch (error) {
    // What is open by now would keep the process from ending.
    await closing.close(options.log);
    throw error;
  }
}

type Stores = Awaited<ReturnType<typeof prepareStores>>;

function openMaintenance(
  pool: Pool,
  { sync, log }: AppOptions,
  { refreshQueue }: Stores,
): TickDeps['maintain'] {
  return createMaintenance({
    fitPlanner: (now) => fitPlanner({ refreshQueue, log }, now),
    ensurePartitions: (now) => ensurePartitions(pool, now),
    retention: createRetentionStore({ pool }),
    ages: retentionAges(sync),
    log,
  });
}

function openScheduling(
  pool: Pool,
  { config, sync, log }: AppOptions,
  { addWatchLists, ...stores }: Stores & { readonly addWatchLists: AddWatchLists },
) {
  const makeForecast = async (request: ForecastRequest) => {
    const watched = { ...sync, feeds: await addWatchLists(sync.feeds) };
    return forecastRun({ ...stores, sync: watched, log }, request);
  };
  const begin = createBeginRun({ ...stores, makeForecast, syncFileHash: hashSyncFile(sync) });
  const feeds = sync.feeds.map(({ name }) => name);
  const deps = { ...stores, source: sourceOf(config), feeds, begin, log };
  let isKeeper = false;
  return {
    makeForecast,
    begin,
    keep: async () => {
      const ledgerNow = () => stores.quota.ledgerNow();
      await adoptSchedules(
        { ...deps, ledgerNow, betweenTicks: (work) => betweenTicks(pool, work) },
        sync.schedules,
      );
      isKeeper = true;
    },
    /** Nothing in a process that ends with its run: no process would run the next slots. */
    startRuns: async (now: Date) => (isKeeper ? startScheduledRuns(deps, now) : undefined),
  };
}

function openWorkPool({ databaseUrl, log, hasPages, shutdown }: AppOptions): Pool {
  const max = hasPages ? connectionLimits.workBesidePages : connectionLimits.work;
  return createPool({ connectionString: databaseUrl.reveal(), max, log, cut: shutdown.cut });
}

async function openJobQueues(
  { config, databaseUrl, log, shutdown: { cut }, retryDelayMs = 1000 }: AppOptions,
  closing: CloseStack,
  onSettled: () => void,
): Promise<{ readonly queueServer: QueueServer; readonly queues: Queues }> {
  const { queues: maxConnections } = connectionLimits;
  const redisUrl = config.REDIS_URL ?? null;
  if (redisUrl !== null) await requireRedis(redisUrl);
  const server = openQueueServer({ redisUrl, databaseUrl, maxConnections, log, cut });
  closing.add('server of the queues', () => closeQueueServer(server));
  if (server.backend === 'postgres') await classifyDatabaseErrors(() => server.connections.ready());
  const queues = openQueues({ server, log, retryDelayMs, onSettled });
  closing.add('queues', () => unlessAborted(cut, queues.close(), () => undefined));
  return { queueServer: server, queues };
}

function openAsking(
  pool: Pool,
  { config, sync }: AppOptions,
  { gateway, loader }: { readonly gateway: Gateway; readonly loader: ProcessDeps['loader'] },
) {
  const { feeds, freshness, language, apis } = sync;
  const uploads = createUploadStore({ pool, appKey: credentialsOf(config).appKey });
  const { projectDir } = config;
  const uploadQueryImage = createQueryImageUpload({ gateway, loader, uploads, projectDir });
  return { gateway, uploadQueryImage, callConcurrency, feeds, freshness, language, apis };
}

async function sweep(pool: Pool, ledger: LedgerStore): Promise<void> {
  await ledger.sweep();
  await totalHours(pool);
}

async function wire(options: AppOptions, closing: CloseStack): Promise<App> {
  const { config, sync, log, shutdown } = options;
  const { appKey } = credentialsOf(config);
  const pool = openWorkPool(options);
  closing.add('database', () => pool.end());
  await classifyDatabaseErrors(() => requireMigrated(pool).then(() => requireOurs(pool, config)));
  const addWatchLists = await openWatchLists(config.projectDir, sync.feeds, log);
  const stores = await prepareStores(pool, options);
  const { ledger, quota, permissions, raw, runs, leases, schedules, refreshQueue, catalog } = stores;
  const activity = createActivityWatch(systemClock);
  const gateway = activity.watchCalls(openGateway(options, ledger, pool));
  closing.add('gateway', () => gateway.close());
  const loader = createCatalogLoader({ catalog, addCounts });
  const wake = createWakeup();
  const { queueServer, queues: opened } = await openJobQueues(options, closing, () => wake.now());
  const queues = activity.watchJobs(opened);
  const shared = { loader, leases, runs, log, clock: systemClock };
  const scheduling = openScheduling(pool, options, { ...stores, addWatchLists });
  const tickDeps: TickDeps = {
    ...{ ...shared, refreshQueue, raw, addWatchLists },
    exclusively: (work) => unlessLocked(pool, locks.tick, work),
    sweep: () => sweep(pool, ledger),
    ...createBlockReader({ pool, appKey, apis: sync.apis }),
    readPromisedFeeds: (now) => readPromisedFeeds({ ...stores, sync }, now),
    ledgerNow: () => quota.ledgerNow(),
    maintain: openMaintenance(pool, options, stores),
    startScheduledRuns: scheduling.startRuns,
    queues,
    sync,
    syncFileHash: hashSyncFile(sync),
    foreignRuns: new Map(),
  };
  const process: ProcessDeps = { ...shared, ...shutdown, ...openAsking(pool, options, { gateway, loader }) };
  const worker = openWorker({
    ...{ pool, config, sync, queues, closing, log, readActivity: activity.read },
    ...{ tick: () => tick(tickDeps), command: options.command, cut: shutdown.cut },
  });
  const conducting = { ...shutdown, queues, process, wake, concurrency, log, tick: worker.tick };
  return {
    source: sourceOf(config),
    ...{ runs, leases, schedules, gateway, quota, permissions, pool, queueServer },
    makeForecast: scheduling.makeForecast,
    begin: scheduling.begin,
    keepSchedules: async () => {
      await scheduling.keep();
      worker.becomeService();
    },
    conduct: (isOver) => conduct(conducting, isOver),
    findHealthIssues: () => readHealth({ pool, appKey, feeds: sync.feeds, isSelfUse: isSelfUse(config) }),
    countUnsettled: () => ledger.countUnsettled(),
    sendNotifications: worker.sendNotifications,
    close: () => closing.close(log),
  };
}
