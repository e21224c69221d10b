import type { Budget, Policy } from './simulate.ts';
import { simulate } from './simulate.ts';
import type { Score } from './site.ts';
import type { World, WorldName, WorldOptions } from './world.ts';
import { createWorld } from './world.ts';

/** How large the simulations are, and where their progress goes. */
export interface Scale {
  readonly offers: number;
  readonly seeds: readonly number[];
  progress(text: string): void;
}

export const simulatedDays = 90;
/** Before it nothing counts: a planner begins with nothing learned. */
const scoredFrom = 30;

export interface Question {
  readonly world: WorldName;
  /** Calls a day, as a share of the offers. */
  readonly quota: number;
  /** Other than the usual world, in words. */
  readonly variant?: string;
}

/** Of several policies: one for each seed. */
export interface Scores {
  readonly scores: ReadonlyMap<string, readonly Score[]>;
}

/** Scores in one world at one quota. */
export interface Cell extends Question, Scores {}

export interface Contest extends Question {
  readonly visibleShare: number;
  /** Makes another world of the usual one. */
  readonly change?: (world: World, seed: number) => World;
  /** Other calls than the same in every hour. */
  readonly budget?: (callsPerDay: number, seed: number) => Budget;
  /** Makes the policies anew for each world. */
  policies(world: World, callsPerDay: number, seed: number): Record<string, () => Policy>;
}

export function worldOptions(question: Question, offers: number, seed: number): WorldOptions {
  return {
    name: question.world,
    seed,
    offers,
    days: simulatedDays,
    oldestCopyDays: Math.min(60, 1 / question.quota),
    visibleShare: 1,
  };
}

export async function runContest(contest: Contest, scale: Scale): Promise<Cell> {
  const scores = new Map<string, Score[]>();
  for (const seed of scale.seeds) {
    const options = worldOptions(contest, scale.offers, seed);
    const usual = createWorld({ ...options, visibleShare: contest.visibleShare });
    const world = contest.change?.(usual, seed) ?? usual;
    const callsPerDay = Math.round(contest.quota * scale.offers);
    for (const [name, create] of Object.entries(contest.policies(world, callsPerDay, seed))) {
      const { world: of, quota, variant } = contest;
      scale.progress(`${of} ${percent(quota)} ${variant ?? ''} seed ${seed}: ${name}`);
      const budget = contest.budget?.(callsPerDay, seed);
      const score = await simulate({ world, policy: create(), callsPerDay, scoredFrom, ...budget });
      scores.set(name, [...(scores.get(name) ?? []), score]);
    }
  }
  const { world, quota, variant } = contest;
  return { world, quota, ...(variant === undefined ? {} : { variant }), scores };
}

export type Measure = keyof Score | 'joint';

function measureOf(score: Score, measure: Measure): number {
  return measure === 'joint' ? (score.full + score.summary) / 2 : score[measure];
}

/** Mean over the seeds. @throws Error when the policy was not in the contest */
export function mean(of: Scores, policy: string, measure: Measure = 'full'): number {
  const scores = of.scores.get(policy);
  if (!scores) throw new Error(`${policy} was not simulated`);
  return scores.reduce((sum, score) => sum + measureOf(score, measure), 0) / scores.length;
}

/** Standard deviation over the seeds; 0 for a single one. */
export function deviation(of: Scores, policy: string, measure: Measure = 'full'): number {
  const scores = of.scores.get(policy) ?? [];
  if (scores.length < 2) return 0;
  const center = mean(of, policy, measure);
  const squares = scores.reduce((sum, score) => sum + (measureOf(score, measure) - center) ** 2, 0);
  return Math.sqrt(squares / (scores.length - 1));
}

/** Share of the way from round robin to the policy that knows the true rates. */
export function gapClosed(cell: Cell, policy: string): number {
  const from = mean(cell, 'round robin');
  return (mean(cell, policy) - from) / (mean(cell, 'oracle') - from);
}

export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
