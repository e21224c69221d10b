import { minuteMs } from '../core/duration.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { targetsPostponed, type Run } from '../model/run.ts';
import type { Feed, SyncConfig } from '../model/sync-config.ts';
import { rawErrors } from '../raw/errors.ts';
import type { ApiBlock } from '../ledger/block-store.ts';
import type { LeaseStore, Postponed } from '../refresh/queue/lease-store.ts';
import type { RawStore } from '../raw/raw-store.ts';
import type { RunStore } from '../runs/run-store.ts';
import type { RefreshQueue } from '../refresh/queue/refresh-queue.ts';
import type { JobKind } from './job-kinds.ts';
import type { CatalogLoader } from './normalize-and-load.ts';
import { loadErrors } from '../load/errors.ts';
import type { PromisedFeed } from '../refresh/promised-ages.ts';
import { bucketOf } from '../refresh/planner/bucket.ts';
import { nothingLearned } from '../refresh/planner/change-rate.ts';
import { reconcileForeignRuns, type ForeignRuns } from '../runs/reconcile-foreign-runs.ts';
import { queueCategories } from './queue-categories.ts';
import { fetchKinds } from './fetch-kinds.ts';
import type { Allowance } from './promised-details.ts';
import { maxTrials, queueFetches } from './queue-fetches.ts';
import type { Queues } from './queue-backend.ts';

/** Bucket of offers of a watch list that are not known yet. */
const unseenBucket = bucketOf(1, nothingLearned, true);

/** The kinds that are held or whose quota is spent. */
export type Blocks = ReadonlyMap<JobKind, ApiBlock>;

export interface TickDeps {
  /** Runs the work unless another process is doing it right now. */
  readonly exclusively: (work: () => Promise<void>) => Promise<unknown>;
  /** Ends the calls whose process died, and totals past hours. */
  readonly sweep: () => Promise<unknown>;
  /** Creates partitions of coming months and drops old ones, once a day. Never fails. */
  readonly maintain: (now: Date) => Promise<void>;
  readonly startScheduledRuns: (now: Date) => Promise<void>;
  readonly raw: RawStore;
  readonly listBlocks: () => Promise<Blocks>;
  readonly listAllowances: () => Promise<readonly Allowance[]>;
  /** Whether pages of shops that no feed selects may be fetched. */
  readonly mayAskShops: () => Promise<boolean>;
  /** Feeds whose details have a promised age. */
  readonly readPromisedFeeds: (now: Date) => Promise<readonly PromisedFeed[]>;
  readonly ledgerNow: () => Promise<Date>;
  readonly loader: CatalogLoader;
  readonly runs: RunStore;
  readonly leases: LeaseStore;
  readonly refreshQueue: RefreshQueue;
  /** The same feeds with the offers of their files. */
  readonly addWatchLists: (feeds: readonly Feed[]) => Promise<readonly Feed[]>;
  readonly queues: Queues;
  readonly sync: SyncConfig;
  /** Hash of the sync file by which this process drives runs. */
  readonly syncFileHash: string;
  readonly foreignRuns: ForeignRuns;
  readonly log: Logger;
}

/**
 * Answers are loaded by the job that fetched them; one that is still unloaded after this long has lost its job.
 * At half, the tick would race jobs that are merely slow.
 */
const lostAfterMs = 20_000;

/** Answers loaded in one tick at most: at ten times this, runs would miss their heartbeat. */
const lostAtOnce = 20;

/** Stored answers that lost their job. Sets an unreadable one aside, because it would come back for ever. */
async function listLost(deps: TickDeps): Promise<StoredAnswer[]> {
  try {
    return await deps.raw.listUnloaded(lostAtOnce, lostAfterMs);
  } catch (err) {
    if (!(err instanceof AppError) || err.kind !== rawErrors.RAW_DAMAGED) throw err;
    await setAside(deps, String(err.facts['rawId']), err);
    return listLost(deps);
  }
}

async function setAside(deps: TickDeps, rawId: string, err: AppError): Promise<void> {
  await deps.raw.setAside(rawId, err.code);
  deps.log.error({ err, code: err.code, rawId }, 'answer put into quarantine, because it cannot be loaded');
}

async function loadLost(deps: TickDeps): Promise<void> {
  const lost = await listLost(deps);
  if (lost.length === 0) return;
  const failures = await deps.loader.loadStored(lost);
  for (const { rawId, error } of failures) await setAside(deps, rawId, error);
  const answers = lost.length - failures.length;
  deps.log.info({ answers }, 'loaded answers that had lost their job');
}

function feedsOf(run: Run, sync: SyncConfig): Feed[] {
  return sync.feeds.filter((feed) => run.feedNames.includes(feed.name));
}

const isQuotaBlock = (block: string): boolean => ['budget', 'deadline', 'quota'].includes(block);

/** What keeps the run from fetching more of a kind; undefined: nothing. */
function blockOf(run: Run, kind: JobKind, blocks: Blocks, now: Date): string | undefined {
  const reason = blocks.get(kind)?.reason ?? undefined;
  // A bound of the run must not hide a hold, which the next run would meet too.
  if (reason !== undefined && !isQuotaBlock(reason)) return reason;
  if (run.budgetCalls !== null && run.callsUsed >= run.budgetCalls) return 'budget';
  if (run.deadlineAt !== null && now >= run.deadlineAt) return 'deadline';
  return reason;
}

/** How long a run waits at its end: for two tries of a target. At double, an hourly run would meet the next one. */
const patienceMs = 15 * minuteMs;

function isWorthWaiting({ deadlineAt }: Run, { nextTryAt }: Postponed, now: Date): boolean {
  if (nextTryAt === null || nextTryAt.getTime() - now.getTime() > patienceMs) return false;
  return deadlineAt === null || nextTryAt < deadlineAt;
}

async function conclude(
  deps: TickDeps,
  run: Run,
  { blocksMet, left }: { readonly blocksMet: readonly string[]; readonly left: Postponed },
): Promise<void> {
  // A quota recovers by itself; a hold may need a person, so a quota must not hide it.
  const met = blocksMet.find((one) => !isQuotaBlock(one)) ?? blocksMet[0] ?? null;
  // A deadline must not hide that nothing was answered before it, nor any other bound that all targets were given up.
  const mayHide = met !== null && (met === 'deadline' || (isQuotaBlock(met) && run.counts.errors > 0));
  const block = (mayHide ? await deps.runs.reasonForSilence(run.runId) : null) ?? met;
  const failure = run.counts.errors > 0 ? 'targets_failed' : left.targets > 0 ? targetsPostponed : null;
  const cause = block ?? failure;
  const status =
    cause === null ? 'succeeded' : block !== null && isQuotaBlock(block) ? 'partial_quota' : 'partial_error';
  await deps.runs.end(run.runId, status, cause, left);
}

async function driveRun(deps: TickDeps, run: Run, now: Date): Promise<void> {
  const feeds = feedsOf(run, deps.sync);
  // Read before anything is queued: what is loaded later may make something due.
  const isIdle =
    (await deps.leases.countLeases(run.runId)) === 0 &&
    (await deps.runs.countReserved(run.runId)) === 0 &&
    !(await deps.leases.isAwaitingOthers(run.runId, feeds));
  // Read before what is due: what becomes due in between counts as waiting, not as done.
  const left = await deps.leases.countPostponed(feeds);
  // Read after that: a probe that has just ended a hold must not count as held.
  const blocks = await deps.listBlocks();
  await deps.leases.ensureWindows(feeds, deps.sync.language, blocks.get('category')?.isHeld ?? false);
  await deps.refreshQueue.assignFeeds(await deps.addWatchLists(feeds), unseenBucket);
  const closed = blockOf(run, 'category', blocks, now);
  const nodes = await queueCategories(deps, { run, now, feeds, isBlocked: closed !== undefined });
  const details = await deps.refreshQueue.countDetails(run.runId, maxTrials);
  const suspicion = await deps.refreshQueue.suspicion();
  const fetches = await queueFetches(deps, {
    ...{ run, now, feeds, suspicion, details },
    promised: await deps.readPromisedFeeds(now),
    blocks: new Map(
      fetchKinds.flatMap((kind) => {
        const block = blockOf(run, kind, blocks, now);
        return block === undefined ? [] : [[kind, block] as const];
      }),
    ),
  });
  const queued = fetches.chosen + (closed === undefined ? nodes : 0);
  // The run is over when nothing is under way, and nothing is due that may be fetched.
  if (queued > 0 || !isIdle) return;
  const isSuspect = suspicion.isListingSuspect || suspicion.isDetailSuspect;
  const blocksMet = [
    ...(closed !== undefined && nodes > 0 ? [closed] : []),
    ...fetches.blocksMet,
    ...(isSuspect ? [loadErrors.ANSWERS_SUSPECT.code] : []),
  ];
  if (blocksMet.length === 0 && isWorthWaiting(run, left, now)) return;
  const fresh = await deps.runs.read(run.runId);
  // A run that a process with another sync file has taken over meanwhile is not ended here.
  if (fresh?.syncFileHash === run.syncFileHash) await conclude(deps, fresh, { blocksMet, left });
}

/**
 * One idempotent pass over everything: sweeps the ledger, loads answers that lost their job, maintains partitions once a day, starts runs
 * whose slot has come, tops up the queues of every active run of its sync file, and ends runs in which nothing is left to do. Everything
 * is read from Postgres, so the next tick refills a flushed queue.
 */
export async function tick(deps: TickDeps): Promise<void> {
  await deps.exclusively(async () => {
    await deps.sweep();
    const now = await deps.ledgerNow();
    await loadLost(deps);
    await deps.maintain(now);
    await deps.startScheduledRuns(now);
    const active = await deps.runs.listActive();
    const isOurs = ({ syncFileHash }: Run) => syncFileHash === null || syncFileHash === deps.syncFileHash;
    const ours = active.filter(isOurs);
    await reconcileForeignRuns(
      deps,
      active.filter((run) => !isOurs(run)),
      now,
    );
    if (ours.length === 0) return;
    await deps.runs.heartbeat(ours.map((run) => run.runId));
    for (const run of ours) await driveRun(deps, run, now);
    await deps.refreshQueue.notePromisedAges(deps.sync.feeds);
  });
}
