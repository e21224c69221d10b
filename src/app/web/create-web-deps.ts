import type { Pool } from 'pg';
import { sourceOf } from '../credentials.ts';
import { isSelfUse } from '../../config/is-self-use.ts';
import { openWatchLists } from '../../config/watch-lists.ts';
import type { Environment } from '../../config/environment.ts';
import { createBeginRun } from '../../runs/begin-run.ts';
import { forecastRun } from '../../runs/forecast-run.ts';
import { planToday } from '../../runs/plan-today.ts';
import { createOperatorActions } from '../../runs/operator-actions.ts';
import type { QueueServer } from '../../jobs/queue-server.ts';
import { createQueuesToSee } from '../../jobs/queues-to-see.ts';
import { findNextSlot } from '../../runs/due-slots.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import type { PoolUse } from '../../db/pool.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { createLeaseStore } from '../../refresh/queue/lease-store.ts';
import { retryGivenUp } from '../../refresh/queue/retry-given-up.ts';
import { createMetricsStore } from '../../web/metrics/metrics-store.ts';
import { createPageStores } from '../../web/reads/page-stores.ts';
import { createQuotaStore } from '../../ledger/quota-store.ts';
import { createRawStore } from '../../raw/raw-store.ts';
import { createRunStore } from '../../runs/run-store.ts';
import { hashSyncFile } from '../../runs/worker-heartbeat.ts';
import { createScheduleStore, type ScheduleStore } from '../../runs/schedule-store.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { keepCounted } from '../../web/keep-counted.ts';
import { remember } from '../../web/remember.ts';
import type { DoctorReport, NextRun, ImageSource, WebDeps } from '../../web/web-deps.ts';
import { checkServices } from '../doctor/check-services.ts';
import { explainApiNames } from '../../health/doctor/explain-api-names.ts';
import { nextStep, runDoctor } from '../../health/doctor/run-doctor.ts';
import type { Session } from '../session.ts';
import { openForecast } from '../open-forecast.ts';
import { connectByWeb } from './connect-by-web.ts';
import { findRemedy } from '../find-remedy.ts';

/** The observation holds all prices against one another: seconds in a large catalog. Double of this, and a fix seems not to help. */
const doctorEveryMs = 30_000;

/** At double, a run that began or ended is missing in the plan for long; at half, a busy page makes forecasts all the time. */
const planEveryMs = 60_000;

/** Offers of a catalog that is counted again after every change: some 0.2 s. At ten times this, pages wait for it. */
const countedAtOnce = 100_000;

export interface WebParts {
  readonly session: Session;
  /** Of the project's database, which is migrated. */
  readonly pool: Pool;
  /** That of the work, where this process works. */
  readonly workPool?: PoolUse;
  readonly queueServer: QueueServer;
  /** Null: the project has no sync file. */
  readonly sync: SyncConfig | null;
  /** Where the settings came from, for the doctor. */
  readonly env: Environment;
  readonly drain: AbortSignal;
}

async function readEveryPage({ session, env }: WebParts): Promise<DoctorReport> {
  const checks = await runDoctor({
    projectDir: session.config.projectDir,
    env,
    checkServices: (config) =>
      checkServices(session, config, { mayCall: 'no', probes: false, onContract: null }),
  });
  return { checks, apiNames: explainApiNames(), next: nextStep(checks), at: session.context.clock.now() };
}

async function findNextRun(schedules: ScheduleStore, now: Date): Promise<NextRun | null> {
  const kept = (await schedules.list()).filter(({ pausedAt }) => pausedAt === null);
  const slots = kept.flatMap((schedule) => {
    const at = findNextSlot(schedule, now);
    return at === null ? [] : [{ schedule: schedule.name, at }];
  });
  return slots.toSorted((a, b) => a.at.getTime() - b.at.getTime())[0] ?? null;
}

function imagesOf({ config }: Session): ImageSource {
  const isSandbox = sourceOf(config) === 'sandbox';
  if (isSandbox) return { kind: 'sandbox', origin: new URL(config.ALIBABA_API_URL).origin };
  return { kind: config.WEB_REMOTE_IMAGES ? 'remote' : 'link' };
}

/** The sync file with the offers of its watch lists; without them while one can't be read. */
function openWatchedSync({ config, log }: Session, sync: SyncConfig): () => Promise<SyncConfig> {
  let opened: ReturnType<typeof openWatchLists> | null = null;
  return async () => {
    opened ??= openWatchLists(config.projectDir, sync.feeds, log);
    try {
      return { ...sync, feeds: await (await opened)(sync.feeds) };
    } catch (err) {
      log.warn({ err }, 'a forecast leaves out the watch lists');
      opened = null;
      return sync;
    }
  };
}

/** What needs the sync file. The plan of the day reads what forecasts read: once a minute. */
function openBySync({ session, pool, sync }: WebParts): Pick<WebDeps, 'planToday' | 'actions'> {
  if (sync === null) return { planToday: () => Promise.resolve(null), actions: null };
  const { config, log, context } = session;
  const runs = createRunStore({ pool, appKey: config.ALIBABA_APP_KEY });
  const leases = createLeaseStore({ pool });
  const knowing = { ...openForecast(pool, { sync, appKey: config.ALIBABA_APP_KEY }), runs, log };
  const readSync = openWatchedSync(session, sync);
  const know = async () => ({ ...knowing, sync: await readSync() });
  let at = new Date(0);
  const plan = remember(context.clock, planEveryMs, async () => planToday(await know(), at));
  return {
    planToday: async (now) => {
      at = now;
      return plan.get();
    },
    actions: createOperatorActions({
      begin: createBeginRun({
        runs,
        makeForecast: async (request) => forecastRun(await know(), request),
        syncFileHash: hashSyncFile(sync),
      }),
      runs,
      quota: createQuotaStore({ pool }),
      retryGivenUp: (choice) => retryGivenUp(pool, choice),
      countPostponed: (feeds) => leases.countPostponed(feeds),
      sync,
      source: sourceOf(config),
    }),
  };
}

/** All parts of the pages, for a process that has the database open. */
export function createWebDeps(parts: WebParts): WebDeps {
  const { session, pool, queueServer, drain } = parts;
  const { config, log } = session;
  const appKey = config.ALIBABA_APP_KEY ?? '';
  const feeds = parts.sync?.feeds ?? [];
  const stores = createPageStores({ pool, appKey, feeds, isSelfUse: isSelfUse(config) });
  const schedules = createScheduleStore({ pool });
  const queues = createQueuesToSee({ server: queueServer, log });
  const raw = createRawStore({ pool });
  return {
    stores,
    access: {
      host: config.WEB_HOST,
      token: config.WEB_TOKEN ?? null,
      allowedHosts: config.WEB_ALLOWED_HOSTS ?? [],
      trustedProxies: config.WEB_TRUSTED_PROXIES ?? [],
    },
    metrics: {
      token: config.METRICS_TOKEN ?? null,
      store: createMetricsStore({ pool, appKey, isSelfUse: isSelfUse(config) }),
      pools: { web: pool, ...(parts.workPool === undefined ? {} : { work: parts.workPool }) },
    },
    checkReady: async () => {
      await classifyDatabaseErrors(() => requireMigrated(pool));
      await queues.requireAnswer();
    },
    nextRun: (now) => findNextRun(schedules, now),
    ...openBySync(parts),
    catalog: keepCounted({
      ...{ clock: session.context.clock, log },
      count: () => stores.overview.countCatalog(),
      readMark: () => stores.runs.readMark(),
      isSmall: ({ offers }) => offers <= countedAtOnce,
    }),
    doctor: remember(session.context.clock, doctorEveryMs, () => readEveryPage(parts)),
    readAnswer: (rawId) => raw.read(rawId),
    ...{ findRemedy, command: session.command },
    readOnlyReason: 'The project has no catalog-sync.yaml, so no run can be started here.',
    connect: connectByWeb(session, pool, drain),
    imageSource: imagesOf(session),
    queues: { ...queues, mayChange: config.WEB_QUEUE_ACTIONS },
    drain,
    clock: session.context.clock,
    log,
  };
}
