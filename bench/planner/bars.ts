import type { Cell } from './cell.ts';
import { bestScript, lead, product, type Rivalry } from './e2e-suite.ts';
import { gapClosed, mean, percent } from './cell.ts';
import { scriptNames } from './page-policies.ts';
import { fixedShares } from './discovery-suite.ts';
import { meanLearned, type LearnedShare } from './visible-suite.ts';

/** Something that must hold, and what was measured. */
export interface Bar {
  readonly text: string;
  readonly measured: string;
  readonly isMet: boolean;
}

function atLeast(text: string, measured: number, min: number): Bar {
  return {
    text: `${text} ≥ ${Number(min.toFixed(4))}`,
    measured: measured.toFixed(4),
    isMet: measured >= min,
  };
}

function atMost(text: string, measured: number, max: number): Bar {
  return {
    text: `${text} ≤ ${Number(max.toFixed(4))}`,
    measured: measured.toFixed(4),
    isMet: measured <= max,
  };
}

/** By the share of the catalog a day: how far the product must be above what a user would write. */
const leads: ReadonlyMap<number, number> = new Map([
  [0.02, 0.025],
  [0.05, 0.01],
  [0.1, 0.005],
]);

/** What the product must reach on the sandbox. */
export function rivalryBars(rivalry: Rivalry): Bar[] {
  const { quota, callsPerDay, calls } = rivalry;
  const name = `the product, ${percent(quota)}`;
  const ofOracle = mean(rivalry, product, 'joint') / mean(rivalry, 'oracle of pages and details', 'joint');
  const bars = [
    atLeast(`${name}: weighted freshness / oracle`, ofOracle, 0.93),
    atMost(`${name}: calls on a day`, calls.maxOnADay, callsPerDay),
  ];
  const least = leads.get(quota);
  if (least === undefined) return bars;
  const captures = (policy: string) => mean(rivalry, policy, 'weightedCaptured');
  const ofBest = captures(product) / captures(bestScript(rivalry, 'joint'));
  return [
    ...bars,
    atLeast(`${name}: J weighted above the best script`, lead(rivalry, 'joint'), least),
    atLeast(`${name}: J unweighted above the best script`, lead(rivalry, 'unweighted'), -0.003),
    atLeast(`${name}: weighted captures / those of the script that is best by J`, ofBest, 1.15),
  ];
}

interface MixedBars {
  readonly ofOracle: number;
  readonly gap: number;
  readonly captured: number;
  readonly weightedCaptured: number;
}

const mixedBars: ReadonlyMap<number, MixedBars> = new Map([
  [0.02, { ofOracle: 0.955, gap: 0.7, captured: 1.25, weightedCaptured: 3.5 }],
  [0.1, { ofOracle: 0.98, gap: 0.78, captured: 1.7, weightedCaptured: 2.2 }],
]);

function barsOfMixed(cell: Cell, name: string): Bar[] {
  const bars = mixedBars.get(cell.quota);
  if (!bars) return [];
  const ratio = (measure: 'captured' | 'weightedCaptured' | 'weightedDelay') =>
    mean(cell, 'planner', measure) / mean(cell, 'round robin', measure);
  return [
    atLeast(
      `${name}: weighted freshness / oracle`,
      mean(cell, 'planner') / mean(cell, 'oracle'),
      bars.ofOracle,
    ),
    atLeast(`${name}: gap closed`, gapClosed(cell, 'planner'), bars.gap),
    atLeast(`${name}: changes captured / round robin`, ratio('captured'), bars.captured),
    atLeast(`${name}: the same, weighted`, ratio('weightedCaptured'), bars.weightedCaptured),
    atLeast(`${name}: above rate-blind`, mean(cell, 'planner') - mean(cell, 'rate-blind'), 0.015),
    atMost(`${name}: weighted delay / round robin`, ratio('weightedDelay'), 0.45),
  ];
}

/** What the planner must reach with details as its only calls. */
export function detailBars(cell: Cell): Bar[] {
  const name = `${cell.world} ${percent(cell.quota)}`;
  const bars = [
    atLeast(`${name}: above round robin`, mean(cell, 'planner') - mean(cell, 'round robin'), -0.002),
  ];
  const isUnsteady = cell.world === 'burst' || cell.world === 'drift';
  if (isUnsteady && cell.quota >= 0.02 && cell.quota <= 0.1) {
    bars.push(atLeast(`${name}: gap closed`, gapClosed(cell, 'planner'), 0.5));
  }
  return cell.world === 'mixed' ? [...bars, ...barsOfMixed(cell, name)] : bars;
}

/** What reading only the heads of buckets may cost. */
export function bucketBars(cell: Cell): Bar[] {
  const lost = mean(cell, 'exact') - mean(cell, 'planner');
  return [atMost(`${cell.world} ${percent(cell.quota)}: lost to buckets`, lost, 0.003)];
}

const aboveKnownDetails: ReadonlyMap<number, number> = new Map([
  [0.02, 0.015],
  [0.1, 0.004],
]);
const capturedByPages: ReadonlyMap<number, number> = new Map([
  [0.005, 7],
  [0.02, 3.5],
  [0.1, 2.3],
]);

/** What search pages must bring. J is the mean of the freshness of summaries and of details, weighted. */
export function pageBars(cell: Cell): Bar[] {
  const name = ['pages', cell.world, percent(cell.quota), cell.variant].filter(Boolean).join(' ');
  const joint = (policy: string) => mean(cell, policy, 'joint');
  const planner = joint('planner');
  if (cell.variant !== undefined) {
    return [atLeast(`${name}: J above details only`, planner - joint('details only'), 0.015)];
  }
  const bars = [
    atLeast(`${name}: J / true rates`, planner / joint('planner, true rates'), 0.985),
    atLeast(`${name}: J above the sweep`, planner - joint('sweep 0.4'), 0.02),
    atLeast(
      `${name}: J above the best script`,
      planner - Math.max(...scriptNames.map(joint)),
      leads.get(cell.quota) ?? 0,
    ),
  ];
  const known = aboveKnownDetails.get(cell.quota);
  if (known !== undefined) {
    bars.push(
      atLeast(`${name}: J above details with true rates`, planner - joint('details only, true rates'), known),
    );
  }
  const captured = capturedByPages.get(cell.quota);
  if (captured !== undefined) {
    const ratio = mean(cell, 'planner', 'captured') / mean(cell, 'round robin', 'captured');
    bars.push(atLeast(`${name}: changes captured / round robin`, ratio, captured));
  }
  return bars;
}

/** What valuing discovery like everything else may cost against the share that is best in hindsight. */
export function discoveryBars(cell: Cell): Bar[] {
  const best = Math.max(...fixedShares.map((share) => mean(cell, percent(share), 'joint')));
  const lost = best - mean(cell, 'by value', 'joint');
  const name = `discovery ${cell.world} ${percent(cell.quota)}`;
  return [atMost(`${name}: J below the best fixed share`, lost, cell.quota < 0.02 ? 0.01 : 0.005)];
}

/** What pages of shops that reprice must bring, and must not cost where none does. */
export function shopBars(cell: Cell): Bar[] {
  const name = `${cell.variant ?? ''}, ${percent(cell.quota)}: points of J by pages of shops`;
  const gained = 100 * (mean(cell, 'with shops', 'joint') - mean(cell, 'planner', 'joint'));
  if (cell.variant?.startsWith('0 ')) return [atLeast(name, gained, -0.05)];
  return cell.variant?.startsWith('60 ') ? [atLeast(name, gained, 0.8)] : [];
}

/** What it may cost, in points of J, that the same calls come unevenly, beyond what it costs where the rates are told. */
const mostLost = 0.3;

/** `cells`: of one quota, the usual budget first. */
export function budgetBars(cells: readonly Cell[]): Bar[] {
  const [usual, ...others] = cells;
  if (usual === undefined) return [];
  const lost = (cell: Cell, policy: string) =>
    100 * (mean(usual, policy, 'joint') - mean(cell, policy, 'joint'));
  return others.map((cell) =>
    atMost(
      `${percent(cell.quota)}, ${cell.variant ?? ''}: points of J lost beyond those of told rates`,
      lost(cell, 'planner') - lost(cell, 'told'),
      mostLost,
    ),
  );
}

/** After two months the share of changes that rows show is known, whatever it is. */
export function visibleBars(share: LearnedShare): Bar[] {
  return ([60, 89] as const).map((day) =>
    atMost(
      `${String(share.truth)} visible, ${percent(share.quota)}, day ${String(day)}: learned is off by`,
      Math.abs(meanLearned(share, day) - share.truth),
      0.05,
    ),
  );
}
