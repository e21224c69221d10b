import { table } from '../support/numbers.ts';
import { deviation, mean, percent, type Measure, type Scores } from './cell.ts';
import { runEndToEnd, type EndToEndCalls } from './e2e.ts';
import { scriptNames } from './page-policies.ts';
import type { Score } from './site.ts';

/** The product and its rivals at one quota: scores of each seed, and the calls of the product over all of them. */
export interface Rivalry extends Scores {
  readonly quota: number;
  readonly seeds: number;
  readonly calls: EndToEndCalls;
  readonly callsPerDay: number;
}

export interface RivalryOptions {
  readonly offers: number;
  readonly quota: number;
  readonly seeds: readonly number[];
  readonly hasShops: boolean;
  readonly repricing: number;
}

/** Runs the product and its rivals in a world for each seed. */
export async function runRivalry(
  { quota, seeds, ...world }: RivalryOptions,
  show: (text: string) => void,
): Promise<Rivalry> {
  const scores = new Map<string, Score[]>();
  const calls = { search: 0, shop: 0, detail: 0, maxOnADay: 0 };
  for (const seed of seeds) {
    const measured = await runEndToEnd({ ...world, quota, seed }, (text) =>
      show(`${percent(quota)}, seed ${String(seed)}: ${text}`),
    );
    for (const [name, score] of measured.scores) scores.set(name, [...(scores.get(name) ?? []), score]);
    calls.search += measured.calls.search;
    calls.shop += measured.calls.shop;
    calls.detail += measured.calls.detail;
    calls.maxOnADay = Math.max(calls.maxOnADay, measured.calls.maxOnADay);
  }
  return { scores, calls, quota, seeds: seeds.length, callsPerDay: Math.round(quota * world.offers) };
}

const measures: readonly (readonly [head: string, measure: Measure, digits: number])[] = [
  ['J weighted', 'joint', 4],
  ['J unweighted', 'unweighted', 4],
  ['changes captured', 'captured', 3],
  ['the same, weighted', 'weightedCaptured', 3],
  ['weighted delay, d', 'weightedDelay', 1],
];

/** A line for each rival: means over the seeds, with their standard errors. */
export function rivalryTable(rivalry: Rivalry): string {
  const { quota, seeds, scores } = rivalry;
  const figure = (name: string, measure: Measure, digits: number) => {
    const error = deviation(rivalry, name, measure) / Math.sqrt(seeds);
    return `${mean(rivalry, name, measure).toFixed(digits)} ± ${error.toFixed(digits)}`;
  };
  return table(
    [`sandbox, ${percent(quota)} a day, ${String(seeds)} seeds`, ...measures.map(([head]) => head)],
    [...scores.keys()].map((name) => [
      name,
      ...measures.map(([, measure, digits]) => figure(name, measure, digits)),
    ]),
  );
}

export const product = 'the product';

/** The script that is best by a measure. */
export function bestScript(rivalry: Rivalry, measure: Measure): string {
  const [first = '', ...others] = scriptNames;
  return others.reduce(
    (best, name) => (mean(rivalry, name, measure) > mean(rivalry, best, measure) ? name : best),
    first,
  );
}

/** How far the product is above the script that is best by a measure. */
export function lead(rivalry: Rivalry, measure: Measure): number {
  return mean(rivalry, product, measure) - mean(rivalry, bestScript(rivalry, measure), measure);
}
