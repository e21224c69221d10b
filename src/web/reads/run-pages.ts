import type { Pool } from 'pg';
import type { RunForecast, RunStatus } from '../../model/run.ts';
import {
  listDailySourceYield,
  readRunSourceYield,
  type DailySourceYield,
  type RunSourceYield,
} from '../../ledger/source-yield.ts';
import type { ErrorRow } from './problem-pages.ts';
import { runSql, runSqlForOne } from '../../db/sql-file.ts';
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
  readonly offersCompleted: number;
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
  readonly lastAt: Date;
  /** The newest of them. */
  readonly lastCallId: string;
}

/** Calls of one operation in one part of a run's time. */
export interface TimelinePart {
  readonly operation: string;
  /** From 0. */
  readonly part: number;
  readonly calls: number;
}

export interface SeenChange {
  readonly offerId: string;
  readonly subject: string | null;
  readonly field: string;
  readonly old: string | null;
  readonly new: string | null;
  readonly observedAt: Date;
}

/** Changes by offer, the offer with the newest one first. */
export interface SeenChanges {
  readonly changes: readonly SeenChange[];
  /** How many offers changed, also those that were left out. */
  readonly offers: number;
}

/** Which ages the details of a feed with a promised age reached over the last 7 days; null: no detail yet. */
export interface PromisedAge {
  readonly feed: string;
  readonly maxAgeHours: number;
  readonly offers: number;
  /** Without a detail, or with one that is older than promised. */
  readonly lateNow: number;
  readonly highestHours: number | null;
  readonly p95Hours: number | null;
  /** From 0 to 1. */
  readonly shareInTime: number | null;
}

/** Which runs to show; null: all. */
export interface RunFilter {
  readonly status: string | null;
  readonly scope: string | null;
  readonly trigger: string | null;
  /** Begun, or asked for, from this moment to before the other. */
  readonly from: Date | null;
  readonly before: Date | null;
}

/** What runs can be chosen by. */
export interface RunChoices {
  readonly scopes: readonly string[];
  readonly triggers: readonly string[];
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

export interface RunPages {
  /** The newest first; `before`: only older ones than this run. */
  listRuns(before: string | null, limit: number, filter?: RunFilter): Promise<RunRow[]>;
  /** Another text after a run began, ended or loaded something. */
  readMark(): Promise<string>;
  /** Of the newest runs. */
  readChoices(): Promise<RunChoices>;
  readRun(runId: string): Promise<RunRow | null>;
  listCalls(runId: string): Promise<RunCalls[]>;
  /** Its calls that failed, by cause; those of most calls first. */
  listErrors(runId: string): Promise<ErrorRow[]>;
  /** In `parts` equal parts of its time. */
  readTimeline(runId: string, parts: number): Promise<TimelinePart[]>;
  /** Of offers that were known before. */
  listChanges(runId: string, maxOffers: number): Promise<SeenChanges>;
  listPriceMoves(runId: string, limit: number): Promise<SeenPriceMove[]>;
  /** What its calls found changed, by source. */
  readSourceYield(runId: string): Promise<RunSourceYield[]>;
  /** The same of all calls of the days up to its last one. */
  listDailySourceYield(runId: string, days: number): Promise<DailySourceYield[]>;
  /** Of its feeds that have a promised age. */
  listPromisedAges(runId: string): Promise<PromisedAge[]>;
}

/** Runs whose scopes and triggers can be chosen; more take too long to read on each page. */
const choiceRuns = 2000;
/** Changes of a page; a phone is busy for seconds with ten times as many. */
const maxChanges = 2000;

const everyRun: RunFilter = { status: null, scope: null, trigger: null, from: null, before: null };

type ChangeRow = SeenChange & { readonly offers: number };

/** Reads for the pages of runs. */
export function createRunPages(pool: Pool): RunPages {
  const listRuns: RunPages['listRuns'] = (before, limit, filter = everyRun) =>
    runSql<RunRow>(pool, readSql('page-runs'), [
      ...[before, limit, filter.status, filter.scope, filter.trigger],
      ...[filter.from, filter.before],
    ]);
  return {
    listRuns,
    readMark: async () => (await runSqlForOne<{ mark: string }>(pool, readSql('page-run-mark'))).mark,
    readChoices: () => runSqlForOne<RunChoices>(pool, readSql('page-run-choices'), [choiceRuns]),
    readRun: async (runId) => {
      const [row] = await listRuns((BigInt(runId) + 1n).toString(), 1);
      return row?.runId === runId ? row : null;
    },
    listCalls: (runId) => runSql<RunCalls>(pool, readSql('page-run-calls'), [runId]),
    listErrors: (runId) => runSql<ErrorRow>(pool, readSql('page-run-errors'), [runId]),
    readTimeline: (runId, parts) => runSql<TimelinePart>(pool, readSql('page-run-timeline'), [runId, parts]),
    listChanges: async (runId, maxOffers) => {
      const params = [runId, maxOffers, maxChanges];
      const changes = await runSql<ChangeRow>(pool, readSql('page-run-changes'), params);
      return { changes, offers: changes[0]?.offers ?? 0 };
    },
    listPriceMoves: (runId, limit) => runSql<SeenPriceMove>(pool, readSql('page-run-prices'), [runId, limit]),
    readSourceYield: (runId) => readRunSourceYield(pool, runId),
    listDailySourceYield: (runId, days) => listDailySourceYield(pool, days, runId),
    listPromisedAges: (runId) => runSql<PromisedAge>(pool, readSql('page-run-promised-ages'), [runId]),
  };
}
