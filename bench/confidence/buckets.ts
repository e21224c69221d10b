import type { Judgement } from './judge-offers.ts';

/** Figures that were given about the same probability. */
export interface Bucket {
  readonly figures: number;
  readonly from: number;
  readonly to: number;
  /** Means of what was predicted, and of what was true, from 0 to 1. */
  readonly predicted: number;
  readonly right: number;
  readonly standardError: number;
  /** Neither within five points nor within two standard errors. */
  readonly isBreach: boolean;
}

/** Fewer figures than these say little. */
const minFigures = 400;
const width = 0.1;

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function toBucket(judgements: readonly Judgement[]): Bucket {
  const predicted = mean(judgements.map((one) => one.predicted));
  const right = mean(judgements.map(({ isTrue }) => (isTrue ? 1 : 0)));
  const standardError = Math.sqrt((predicted * (1 - predicted)) / judgements.length);
  const miss = Math.abs(predicted - right);
  return {
    figures: judgements.length,
    from: judgements[0]?.predicted ?? 0,
    to: judgements.at(-1)?.predicted ?? 1,
    ...{ predicted, right, standardError },
    isBreach: miss > 0.05 && miss > 2 * standardError,
  };
}

/** In tenths of the probability; those with fewer than 400 figures are joined with the next, the last ones with those before. */
export function toBuckets(judgements: readonly Judgement[]): Bucket[] {
  const sorted = judgements.toSorted((a, b) => a.predicted - b.predicted);
  const groups: Judgement[][] = [];
  let tenth = -1;
  for (const judgement of sorted) {
    const own = Math.min(9, Math.floor(judgement.predicted / width));
    const last = groups.at(-1);
    if (last !== undefined && (own === tenth || last.length < minFigures)) last.push(judgement);
    else groups.push([judgement]);
    tenth = own;
  }
  const last = groups.at(-1);
  const before = groups.at(-2);
  if (last !== undefined && before !== undefined && last.length < minFigures) {
    before.push(...last);
    groups.pop();
  }
  return groups.map(toBucket);
}
