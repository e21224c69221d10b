import {
  createHealthStore,
  type HealthStore,
  type HealthStoreParts,
} from '../../health/issues/health-store.ts';
import { createOperatorLog, type OperatorLog } from '../../runs/operator-log.ts';
import { createQuarantineStore, type QuarantineStore } from '../../health/quarantine-store.ts';
import { createQuotaReport, type QuotaReport } from '../../ledger/quota-report.ts';
import { createQuotaStore, type QuotaStore } from '../../ledger/quota-store.ts';
import { createStatusStore, type StatusStore } from '../../health/status-store.ts';
import { createTrackerStore, type TrackerStore } from '../../health/trackers/tracker-store.ts';
import { createEndedSessions, type EndedSessions } from '../guard/ended-sessions.ts';
import { createCallPages, type CallPages } from './call-pages.ts';
import { createOverviewPages, type OverviewPages } from './overview-pages.ts';
import { createProblemPages, type ProblemPages } from './problem-pages.ts';
import { createProductPages, type ProductPages } from './product-pages.ts';
import { createRunPages, type RunPages } from './run-pages.ts';
import { createUsagePages, type UsagePages } from './usage-pages.ts';
import { createWorkerPages, type WorkerPages } from './worker-pages.ts';

/** Everything that the pages read, and what they write themselves. */
export interface PageStores {
  readonly overview: OverviewPages;
  readonly issues: HealthStore;
  readonly calls: CallPages;
  readonly runs: RunPages;
  readonly workers: WorkerPages;
  readonly usage: UsagePages;
  readonly products: ProductPages;
  readonly problems: ProblemPages;
  readonly trackers: Pick<TrackerStore, 'list'>;
  readonly status: Pick<StatusStore, 'listDrifts'>;
  readonly quarantine: Pick<QuarantineStore, 'listGroups'>;
  readonly quota: Pick<QuotaStore, 'listHolds' | 'ledgerNow'>;
  readonly limits: QuotaReport;
  readonly log: OperatorLog;
  readonly endedSessions: EndedSessions;
}

/** For one app; an empty app key: not set, so there are no limits. */
export function createPageStores(parts: HealthStoreParts): PageStores {
  const { pool, appKey } = parts;
  return {
    overview: createOverviewPages(pool, appKey),
    issues: createHealthStore(parts),
    calls: createCallPages(pool),
    runs: createRunPages(pool),
    workers: createWorkerPages(pool),
    usage: createUsagePages(pool),
    products: createProductPages(pool),
    problems: createProblemPages(pool),
    trackers: createTrackerStore(pool),
    status: createStatusStore({ pool }),
    quarantine: createQuarantineStore({ pool }),
    quota: createQuotaStore({ pool }),
    limits: createQuotaReport({ pool, appKey }),
    log: createOperatorLog(pool),
    endedSessions: createEndedSessions(pool),
  };
}
