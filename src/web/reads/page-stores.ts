import type { Pool } from 'pg';
import { createHealthStore, type HealthStore } from '../../health/issues/health-store.ts';
import { createOperatorLog, type OperatorLog } from '../../runs/operator-log.ts';
import { createQuarantineStore, type QuarantineStore } from '../../health/quarantine-store.ts';
import { createQuotaReport, type QuotaReport } from '../../ledger/quota-report.ts';
import { createQuotaStore, type QuotaStore } from '../../ledger/quota-store.ts';
import { createStatusStore, type StatusStore } from '../../health/status-store.ts';
import { createEndedSessions, type EndedSessions } from '../guard/ended-sessions.ts';
import { createOverviewPages, type OverviewPages } from './overview-pages.ts';
import { createProblemPages, type ProblemPages } from './problem-pages.ts';
import { createProductPages, type ProductPages } from './product-pages.ts';
import { createRunPages, type RunPages } from './run-pages.ts';
import { createUsagePages, type UsagePages } from './usage-pages.ts';

/** Everything that the pages read, and what they write themselves. */
export interface PageStores {
  readonly overview: OverviewPages;
  readonly issues: HealthStore;
  readonly runs: RunPages;
  readonly usage: UsagePages;
  readonly products: ProductPages;
  readonly problems: ProblemPages;
  readonly status: Pick<StatusStore, 'listDrifts'>;
  readonly quarantine: Pick<QuarantineStore, 'listGroups'>;
  readonly quota: Pick<QuotaStore, 'listHolds' | 'ledgerNow'>;
  readonly limits: QuotaReport;
  readonly log: OperatorLog;
  readonly endedSessions: EndedSessions;
}

/** For one app; an empty app key: not set, so there are no limits. */
export function createPageStores(pool: Pool, appKey: string): PageStores {
  return {
    overview: createOverviewPages(pool, appKey),
    issues: createHealthStore({ pool, appKey }),
    runs: createRunPages(pool),
    usage: createUsagePages(pool),
    products: createProductPages(pool),
    problems: createProblemPages(pool),
    status: createStatusStore({ pool }),
    quarantine: createQuarantineStore({ pool }),
    quota: createQuotaStore({ pool }),
    limits: createQuotaReport({ pool, appKey }),
    log: createOperatorLog(pool),
    endedSessions: createEndedSessions(pool),
  };
}
