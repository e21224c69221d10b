import { AppError } from '../core/errors.ts';
import type { QuotaStore } from '../ledger/quota-store.ts';
import type { GivenUpChoice } from '../model/given-up.ts';
import type { RunStore } from './run-store.ts';
import type { Source } from '../model/run.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import type { Postponed } from '../refresh/queue/lease-store.ts';
import type { BeginRun } from './begin-run.ts';
import { runErrors } from './errors.ts';
import { feedsByName, type CountedFeed } from './feeds-by-name.ts';
import { scopeOf } from './scope-of.ts';

export interface OperatorActionDeps {
  readonly begin: BeginRun;
  readonly runs: Pick<RunStore, 'read' | 'end'>;
  readonly quota: Pick<QuotaStore, 'holdApi' | 'resumeApi'>;
  readonly retryGivenUp: (choice: GivenUpChoice) => Promise<number>;
  /** Targets of some feeds that wait for a later try. */
  readonly countPostponed: (feeds: readonly CountedFeed[]) => Promise<Postponed>;
  readonly sync: Pick<SyncConfig, 'feeds'>;
  readonly source: Source;
}

/** What an operator may do while work is in progress. */
export interface OperatorActions {
  /** `all`, and the names of the feeds. */
  readonly scopes: readonly string[];
  /**
   * Begins a run, which every running process then drives. If a run of the scope is active, that run stays the only one.
   *
   * @throws AppError RUN_SCOPE_UNKNOWN, DATABASE_OTHER_SOURCE, DATABASE_OTHER_APP
   */
  startRun(scope: string): Promise<{ readonly runId: string; readonly isNew: boolean }>;
  /** Ends an active run; calls in flight still end and are kept. @throws AppError RUN_NOT_ACTIVE */
  cancelRun(runId: string): Promise<void>;
  /** Stops the calls of an API, or of all by `*`, until an operator resumes them. */
  holdApi(api: string, reason: string | null): Promise<void>;
  /** False: it was not held. */
  resumeApi(api: string): Promise<boolean>;
  /** Makes given-up targets due again, all or a selection. @returns how many */
  retryGivenUp(choice: GivenUpChoice): Promise<number>;
}

/** The actions of the ops pages, over the stores that commands also use. */
export function createOperatorActions(deps: OperatorActionDeps): OperatorActions {
  const { begin, runs, quota, sync, source } = deps;
  const names = sync.feeds.map(({ name }) => name);
  return {
    scopes: ['all', ...names],
    startRun: async (scope) => {
      if (scope !== 'all' && !names.includes(scope))
        throw new AppError(runErrors.RUN_SCOPE_UNKNOWN, 'no feed has this name');
      const feedNames = scope === 'all' ? names : [scope];
      const begun = await begin({
        scope: scopeOf(feedNames, names),
        feedNames,
        trigger: 'web',
        source,
        budgetCalls: null,
        deadlineMs: null,
      });
      return begun.kind === 'active'
        ? { runId: begun.runId, isNew: false }
        : { runId: begun.run.runId, isNew: begun.kind === 'started' };
    },
    cancelRun: async (runId) => {
      const run = await runs.read(runId);
      if (run?.endedAt !== null) throw new AppError(runErrors.RUN_NOT_ACTIVE, 'the run is not active');
      const left = await deps.countPostponed(feedsByName(run.feedNames, sync.feeds));
      await runs.end(runId, 'cancelled', 'operator', left);
    },
    holdApi: (api, reason) => quota.holdApi({ api, code: runErrors.HELD_BY_HAND.code, forMs: null, reason }),
    resumeApi: (api) => quota.resumeApi(api),
    retryGivenUp: deps.retryGivenUp,
  };
}
