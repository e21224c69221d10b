import { apiOperations, type ApiOperation } from '../../model/known-apis.ts';
import { daysPerMonth } from './days-per-month.ts';
import type { CallLimit } from './knowledge.ts';

/** Share of a day, and of a month's share of a day, that the ledger keeps for calls by hand (docs/pace.md). */
const keptShare = 0.05;

/** A limit of a day or month, and what is left of it. */
export interface PeriodLimit {
  readonly operations: readonly ApiOperation[];
  readonly period: 'day' | 'month';
  readonly calls: number;
  /** What the present day may still use, including the share for calls by hand; null: nothing of it was used. */
  readonly leftToday: number | null;
}

/** What runs may use of a limit. */
export function toCallLimit({ operations, period, calls, leftToday }: PeriodLimit): CallLimit {
  const day = period === 'day' ? calls : calls / daysPerMonth;
  const kept = Math.floor(day * keptShare);
  const perDay = Math.max(0, Math.floor(day) - kept);
  return { operations, perDay, left: leftToday === null ? perDay : Math.max(0, leftToday - kept) };
}

/** Calls per day to apply for, so that runs may use `perDay`. */
export function askedForCalls(perDay: number): number {
  return Math.ceil(perDay / (1 - keptShare));
}

/** A bound on all calls of the runs of a day, and of the next run. */
export function budgetLimit(perDay: number, left: number): CallLimit {
  return { operations: apiOperations, perDay, left };
}

/** An API that may not be called now. */
export function heldLimit(operation: ApiOperation): CallLimit {
  return { operations: [operation], perDay: Infinity, left: 0 };
}
