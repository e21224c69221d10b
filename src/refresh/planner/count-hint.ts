import type { CountedHint, FigureKnowledge, LearnedFigure } from '../../model/figures.ts';
import { withdrawEvidence, type FigureObservation } from './rate-grid.ts';

/** No hint is right less often, as far as is known: what hardly ever says anything would else stand for years. */
const leastHintShare = 0.05;

/**
 * How a row that hints at a change counts, so long after the newest observation that vouched for the detail. One with another price is
 * a change as far as such rows were right. Another date says that something happened, which that share of the time is a change:
 * so it is one of the days that are longer by as much.
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

/** What was learned, but for such a row. */
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
