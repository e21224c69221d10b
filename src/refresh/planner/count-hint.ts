import type { CountedHint, FigureKnowledge, LearnedFigure } from '../../model/figures.ts';
import { withdrawEvidence, type FigureObservation } from './rate-grid.ts';

/** Lower bound for how often a hint is right. Without it, a hint that hardly ever says anything would stand for years. */
const leastHintShare = 0.05;

/**
 * How a row that hints at a change counts, given the time since the newest observation that confirmed the detail. A row with another
 * price counts as a change, by the share of such rows that were right. A row with another date only means that something happened; it
 * counts as unchanged days, longer by the share of such rows that meant a change.
 */
export function countHint(
  { hiddenShare, hintShares }: FigureKnowledge,
  by: CountedHint['by'],
  sinceDays: number,
): Omit<FigureObservation, 'elapsedDays'> {
  const exposureDays = (1 - hiddenShare) * sinceDays;
  if (by === 'row') return { exposureDays, changeOdds: Math.min(1, hintShares.row) };
  return { exposureDays: exposureDays / Math.max(leastHintShare, hintShares.modify_date), changeOdds: 1 };
}

/** The evidence without that of such a row. */
export const withdrawHint = (
  known: FigureKnowledge,
  learned: LearnedFigure | null,
  by: CountedHint['by'],
  sinceDays: number,
): LearnedFigure | null =>
  learned && {
    ...learned,
    evidence: withdrawEvidence(learned.evidence, countHint(known, by, sinceDays)),
  };
