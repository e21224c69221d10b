import type { Backend } from '../support/stack.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

export type DisturbanceKind =
  | 'kill-worker'
  | 'kill-all'
  | 'stall-worker'
  | 'restart-postgres-fast'
  | 'restart-postgres-immediate'
  | 'kill-postgres'
  | 'cut-database'
  | 'cut-gateway'
  | 'flush-redis'
  | 'restart-redis'
  | 'cut-redis';

/** One thing that goes wrong. */
export interface Disturbance {
  readonly atMs: number;
  readonly kind: DisturbanceKind;
  /** From 0 to below 1: which worker it hits, of those that run by then. */
  readonly pick: number;
}

export interface DisturbancePlan {
  readonly seconds: number;
  readonly seed: number;
  readonly backend: Backend;
}

/**
 * The ledger gives a call 60 s before it counts as lost, so a worker that sleeps longer wakes up to a ledger that
 * has gone on. A run that is too short for that has it sleep longer than the queue waits for its job (10 s).
 */
export function stallMsOf(seconds: number): number {
  return seconds >= 200 ? 65_000 : 12_000;
}

/** Postgres and its users were back within three seconds in trials; a restart comes at least four times that later. */
const minRestartGapSeconds = 12;

const restarts = ['restart-postgres-fast', 'kill-postgres', 'restart-postgres-immediate'] as const;

/** Times from `first` on, each a gap after the one before. */
function* times(first: number, gap: () => number, seconds: number): Generator<number> {
  for (let at = first; at < seconds; at += gap()) yield at;
}

function repeat(
  random: SeededRandom,
  kinds: readonly DisturbanceKind[],
  moments: Iterable<number>,
): Disturbance[] {
  const order = random.shuffle(kinds);
  return [...moments].map((at, i) => ({
    atMs: Math.round(at * 1000),
    kind: order[i % order.length] ?? 'kill-worker',
    pick: random.between(0, 1),
  }));
}

/** What goes wrong and when, in order of time; the same seed, length and backend give the same plan. */
export function planDisturbances({ seconds, seed, backend }: DisturbancePlan): Disturbance[] {
  const random = createSeededRandom(seed);
  const stallSeconds = stallMsOf(seconds) / 1000;
  const cuts: readonly DisturbanceKind[] = [
    'kill-all',
    'cut-database',
    'cut-gateway',
    ...(backend === 'redis' ? (['flush-redis', 'restart-redis', 'cut-redis'] as const) : []),
  ];
  const between = (min: number, max: number) => () => random.between(min, max);
  return [
    ...repeat(random, ['kill-worker'], times(random.between(2, 5), between(2, 5), seconds)),
    ...repeat(
      random,
      restarts,
      times(
        random.between(3, 6),
        between(minRestartGapSeconds, minRestartGapSeconds + seconds / 20),
        seconds,
      ),
    ),
    ...repeat(random, cuts, times(random.between(1, 4), between(2, 4 + seconds / 30), seconds)),
    ...repeat(
      random,
      ['stall-worker'],
      times(seconds / 10, () => random.between(1.2, 2) * stallSeconds, seconds - stallSeconds),
    ),
  ].toSorted((a, b) => a.atMs - b.atMs);
}
