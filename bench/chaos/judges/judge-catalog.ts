import type { Difference } from '../../support/compare.ts';
import type { Breach } from '../evidence.ts';

/** What the database says of itself when all work is done. Every number but the first two must be 0. */
export interface Leftovers {
  readonly runs: number;
  readonly slots: number;
  /** Runs without an outcome. */
  readonly openRuns: number;
  /** Slots of schedules without an outcome, or whose run does not exist. */
  readonly openSlots: number;
  /** Stored answers that are not in the catalog. */
  readonly unloadedAnswers: number;
  readonly quarantinedRows: number;
  /** Targets that a run has taken and nobody works on. */
  readonly leases: number;
  readonly overlappingPrices: number;
  /** Windows whose counts are not those of their calls. */
  readonly miscountedPeriods: number;
  /** Runs whose budget was not charged with their calls. */
  readonly miscountedRuns: number;
}

const words = {
  openRuns: 'runs have no outcome',
  openSlots: 'slots have no outcome',
  unloadedAnswers: 'answers were paid for and are not in the catalog',
  quarantinedRows: 'rows are in quarantine',
  leases: 'targets are taken by runs that are over',
  overlappingPrices: 'price intervals overlap',
  miscountedPeriods: 'windows do not count their calls',
  miscountedRuns: 'runs do not count their calls',
} as const satisfies Partial<Record<keyof Leftovers, string>>;

/** When all work is done the catalog is what the sandbox says is true, and nothing is left over. */
export function judgeCatalog(differences: readonly Difference[], leftovers: Leftovers): Breach[] {
  const untrue = differences.flatMap(({ table, expected, missing, wrong }) =>
    missing.length + wrong.length === 0
      ? []
      : [`${table}: of ${expected} true rows ${missing.length} are missing, ${wrong.length} rows are wrong`],
  );
  const left = (Object.keys(words) as (keyof typeof words)[]).flatMap((key) =>
    leftovers[key] === 0 ? [] : [`${leftovers[key]} ${words[key]}`],
  );
  return [
    ...untrue.map((what) => ({ judge: 'catalog', what, callIds: [] })),
    ...left.map((what) => ({ judge: 'leftovers', what, callIds: [] })),
  ];
}
