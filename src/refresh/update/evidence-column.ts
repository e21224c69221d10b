import { figures, type Figure, type OfferFigures } from '../../model/figures.ts';
import { rates, type ByRate } from '../planner/rate-grid.ts';

/**
 * `sync.refresh.evidence`: a number for each rate, one figure after the other in the order of `figures`. Nulls: nothing was observed of
 * that figure. It ends with the last figure that was observed. One array for all of them, because each would have a header of 21
 * bytes in every row.
 */
export type EvidenceColumn = readonly (number | null)[] | null;

const nothing: EvidenceColumn = rates.map(() => null);

/** Null: nothing was observed of any figure. */
export function joinEvidence(learned: OfferFigures['learned']): EvidenceColumn {
  const last = figures.findLastIndex((figure) => learned[figure] !== null);
  if (last < 0) return null;
  return figures.slice(0, last + 1).flatMap<number | null>((figure) => learned[figure]?.evidence ?? nothing);
}

/** The evidence of one figure; null: nothing was observed. */
export function splitEvidence(column: EvidenceColumn, figure: Figure): ByRate | null {
  const first = figures.indexOf(figure) * rates.length;
  const own = (column ?? []).slice(first, first + rates.length).filter((one) => one !== null);
  return own.length === 0 ? null : own;
}
