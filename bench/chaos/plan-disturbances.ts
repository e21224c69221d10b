import type { Backend } from '../support/stack.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

/** Whoever is hit loses what is under way. */
type HarmfulKind =
  | 'kill-worker'
  | 'kill-all'
  | 'stall-worker'
  | 'freeze-worker'
  | 'second-sync-file'
  | 'restart-postgres-fast'
  | 'restart-postgres-immediate'
  | 'kill-postgres'
  | 'cut-database'
  | 'exhaust-connections'
  | 'fill-disk'
  | 'cut-gateway';

/** Time is lost, and not one call. */
const harmlessKinds = [
  'slow-gateway',
  'narrow-gateway',
  'step-clock',
  'flush-redis',
  'restart-redis',
  'cut-redis',
  'pause-redis',
] as const;

export type DisturbanceKind = HarmfulKind | (typeof harmlessKinds)[number];

/** Whether a call that was open meanwhile may stay unknown by it. */
export function isHarmless(kind: string): boolean {
  return harmlessKinds.some((harmless) => harmless === kind);
}

/** One thing that goes wrong. */
export interface Disturbance {
  readonly atMs: number;
  readonly kind: DisturbanceKind;
  /** From 0 to below 1: which worker it hits, of those that run by then, and how. */
  readonly pick: number;
}

export interface DisturbancePlan {
  readonly seconds: number;
  readonly seed: number;
  readonly backend: Backend;
  /** Postgres has a disk of its own. */
  readonly hasDisk: boolean;
}

/** Longer than the queue waits for a job whose worker is silent (10 s). */
export const stallMs = 12_000;

/**
 * The ledger gives a call 60 s before it counts as lost, so a worker that is frozen for longer wakes up to a ledger that
 * has gone on.
 */
export const freezeMs = 65_000;

/** From here on a run has time for everything: workers that are frozen, and each kind several times. */
export const longSeconds = 300;

/** Postgres and its users were back within three seconds in trials; a restart comes at least four times that later. */
const minRestartGapSeconds = 12;

const restarts = ['restart-postgres-fast', 'kill-postgres', 'restart-postgres-immediate'] as const;
const others = [
  'kill-all',
  'cut-database',
  'cut-gateway',
  'exhaust-connections',
  'second-sync-file',
  'slow-gateway',
  'narrow-gateway',
  'step-clock',
] as const;
const ofRedis = ['flush-redis', 'restart-redis', 'cut-redis', 'pause-redis'] as const;

/** So often each kind is planned in a long run: once more than it must strike, for it may strike nobody. */
const timesEach = 6;

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

/** The kinds that a run can have. */
export function kindsOf({ seconds, backend, hasDisk }: Omit<DisturbancePlan, 'seed'>): DisturbanceKind[] {
  return [
    ...(['kill-worker', 'stall-worker'] as const),
    ...(seconds >= longSeconds ? (['freeze-worker'] as const) : []),
    ...restarts,
    ...otherKinds(backend, hasDisk),
  ];
}

function otherKinds(backend: Backend, hasDisk: boolean): DisturbanceKind[] {
  return [...others, ...(hasDisk ? (['fill-disk'] as const) : []), ...(backend === 'redis' ? ofRedis : [])];
}

/** What goes wrong and when, in order of time; the same seed, length and backend give the same plan. */
export function planDisturbances({ seconds, seed, backend, hasDisk }: DisturbancePlan): Disturbance[] {
  const random = createSeededRandom(seed);
  const isLong = seconds >= longSeconds;
  const kinds = otherKinds(backend, hasDisk);
  const between = (min: number, max: number) => () => random.between(min, max);
  // A process takes seconds of a core to start: at the gap of a short run, starting is most of what a long one does.
  const kill = isLong ? between(12, 24) : between(3, 6);
  const around = (gap: number) => between(0.8 * gap, 1.2 * gap);
  const gapOf = (count: number) => seconds / count / timesEach;
  const sleepers = (kind: 'stall-worker' | 'freeze-worker', ms: number, gap: () => number) =>
    repeat(random, [kind], times(seconds / 15, gap, seconds - ms / 1000));
  return [
    ...repeat(random, ['kill-worker'], times(random.between(2, 5), kill, seconds)),
    ...repeat(
      random,
      restarts,
      times(
        random.between(3, 6),
        isLong
          ? around(Math.max(1.25 * minRestartGapSeconds, gapOf(restarts.length)))
          : between(minRestartGapSeconds, 1.25 * minRestartGapSeconds),
        seconds,
      ),
    ),
    ...repeat(random, kinds, times(random.between(1, 4), around(Math.max(4, gapOf(kinds.length))), seconds)),
    ...sleepers('stall-worker', stallMs, isLong ? around(seconds / 7) : between(14, 24)),
    ...(isLong ? sleepers('freeze-worker', freezeMs, around((seconds - freezeMs / 1000) / 6.5)) : []),
  ].toSorted((a, b) => a.atMs - b.atMs);
}
