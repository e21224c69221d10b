import { knownApis } from './known-apis.ts';
import type { Run } from './run.ts';

/** A figure of a run beside what was planned; null: the run has no forecast. */
export interface Compared {
  readonly actual: number;
  readonly planned: number | null;
}

/** A run compared with its forecast, during the run or after it. */
export interface PlanComparison {
  /** The name of the column with the forecast figures. */
  readonly plannedName: 'planned' | 'at most';
  readonly calls: Compared;
  /** Operations that were planned or called, in the order in which runs call them. */
  readonly byOperation: readonly (Compared & { readonly operation: string })[];
  readonly seconds: Compared;
  readonly newOffers: Compared;
  readonly changedOffers: Compared;
}

/** What a comparison needs to know of a run. */
export type ComparedRun = Pick<Run, 'forecast' | 'callsUsed' | 'startedAt' | 'endedAt'> & {
  readonly counts: Pick<Run['counts'], 'offersNew' | 'offersChanged'>;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Compares a run with what was expected of it when it began.
 *
 * @param calls those it made, by operation, without the refunded ones
 * @param now the end of a run that has none yet
 */
export function compareWithPlan(
  { forecast, callsUsed, startedAt, endedAt, counts }: ComparedRun,
  calls: Readonly<Record<string, number>>,
  now: Date,
): PlanComparison {
  const plannedOf = (operation: string) => (forecast === null ? null : (forecast.calls[operation] ?? 0));
  return {
    plannedName: forecast?.isGuess ? 'at most' : 'planned',
    calls: { actual: callsUsed, planned: forecast && sum(Object.values(forecast.calls)) },
    byOperation: Object.keys(knownApis)
      .map((operation) => ({
        operation,
        actual: calls[operation] ?? 0,
        planned: plannedOf(operation),
      }))
      .filter(({ actual, planned }) => actual > 0 || (planned ?? 0) > 0),
    seconds: {
      actual: startedAt === null ? 0 : Math.max(0, (endedAt ?? now).getTime() - startedAt.getTime()) / 1000,
      planned: forecast?.seconds ?? null,
    },
    newOffers: { actual: counts.offersNew, planned: forecast?.newOffers ?? null },
    changedOffers: { actual: counts.offersChanged, planned: forecast?.changedOffers ?? null },
  };
}
