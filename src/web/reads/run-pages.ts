import type { Pool } from 'pg';
import type { RunForecast, RunStatus } from '../../model/run.ts';
import type { ErrorRow } from './problem-pages.ts';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** A run as on its pages. */
export interface RunRow {
  readonly runId: string;
  readonly scope: string;
  readonly trigger: string;
  readonly status: RunStatus;
  readonly cause: string | null;
  readonly callsUsed: number;
  readonly budgetCalls: number | null;
  readonly feeds: readonly string[];
  readonly categories: number;
  readonly offersNew: number;
  readonly offersChanged: number;
  readonly offersUnchanged: number;
  readonly pricesOpened: number;
  readonly pricesClosed: number;
  readonly rejects: number;
  readonly errors: number;
  readonly lastErrorCode: string | null;
  /** Targets that wait for a later try. */
  readonly postponed: number;
  /** Of the first; null: there are none. */
  readonly nextTryAt: Date | null;
  /** Null: no forecast could be made. */
  readonly forecast: RunForecast | null;
  readonly requestedAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly deadlineAt: Date | null;
  /** Active, with a driver. */
  readonly isDriven: boolean;
}

/** Calls of a run, of one API and outcome. */
export interface RunCalls {
  readonly api: string;
  readonly operation: string;
  readonly lane: string;
  /** `ok`, another outcome, or the state of what has none: `refunded`, `unknown`, `reserved`. */
  readonly outcome: string;
  readonly gatewayCode: string | null;
  readonly calls: number;
  readonly averageMs: number | null;
  readonly firstAt: Date;
  readonly lastAt: Date;
}

/** Calls of one operation in one part of a run's time. */
export interface TimelinePart {
  readonly operation: string;
  /** From 0. */
  readonly part: number;
  readonly calls: number;
  readonly failed: number;
}

export interface SeenChange {
  readonly offerId: string;
  readonly subject: string | null;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly observedAt: Date;
}

export interface SeenPriceMove {
  readonly offerId: string;
  readonly subject: string | null;
  readonly kind: string;
  readonly label: string | null;
  readonly minQuantity: number;
  readonly wasCny: string;
  readonly isCny: string;
}

/** Processes that work on a host. */
export interface HostWorkers {
  readonly host: string;
  readonly workers: number;
}

export interface RunPages {
  /** The newest first; `before`: only older ones than this run. */
  listRuns(before: string | null, limit: number): Promise<RunRow[]>;
  /** Empty: no process is working, so none would drive a run. */
  listWorkers(): Promise<HostWorkers[]>;
  readRun(runId: string): Promise<RunRow | null>;
  listCalls(runId: string): Promise<RunCalls[]>;
  /** Its calls that failed, by cause; those of most calls first. */
  listErrors(runId: string): Promise<ErrorRow[]>;
  /** In `parts` equal parts of its time. */
  readTimeline(runId: string, parts: number): Promise<TimelinePart[]>;
  listChanges(runId: string, limit: number): Promise<SeenChange[]>;
  listPriceMoves(runId: string, limit: number): Promise<SeenPriceMove[]>;
}

/** Reads for the pages of runs. */
export function createRunPages(pool: Pool): RunPages {
  return {
    listRuns: (before, limit) => runSql<RunRow>(pool, readSql('page-runs'), [before, limit]),
    listWorkers: () => runSql<HostWorkers>(pool, readSql('page-workers')),
    readRun: async (runId) => {
      const [row] = await runSql<RunRow>(pool, readSql('page-runs'), [(BigInt(runId) + 1n).toString(), 1]);
      return row?.runId === runId ? row : null;
    },
    listCalls: (runId) => runSql<RunCalls>(pool, readSql('page-run-calls'), [runId]),
    listErrors: (runId) => runSql<ErrorRow>(pool, readSql('page-run-errors'), [runId]),
    readTimeline: (runId, parts) => runSql<TimelinePart>(pool, readSql('page-run-timeline'), [runId, parts]),
    listChanges: (runId, limit) => runSql<SeenChange>(pool, readSql('page-run-changes'), [runId, limit]),
    listPriceMoves: (runId, limit) => runSql<SeenPriceMove>(pool, readSql('page-run-prices'), [runId, limit]),
  };
}
