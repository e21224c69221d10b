import type {
  Learn,
  OfferKnowledge,
  OfferObservation,
  OfferUpdate,
  PlannerKnowledge,
} from '../../src/model/learning.ts';
import { learn } from '../../src/refresh/learn.ts';
import { learnObservation } from '../../src/refresh/planner/learn-observation.ts';
import { advanceWindow } from '../../src/refresh/searches/advance-window.ts';

/** A changed row is explained by any detail since the row before that found a change, whatever price it has. */
export function explainByAnyChange(
  planner: PlannerKnowledge,
  known: OfferKnowledge,
  observation: OfferObservation,
): OfferUpdate {
  if (observation.kind === 'detail') {
    const update = learnObservation(planner, known, observation);
    const isFound = observation.isChanged && known.detailAt !== null;
    return isFound ? { ...update, known: { ...update.known, changedAt: observation.at } } : update;
  }
  const { rowAt, detailAt, changedAt } = known;
  const isSince = (at: Date | null) => at !== null && rowAt !== null && at > rowAt;
  const isExplained = isSince(detailAt) && isSince(changedAt);
  return learnObservation(planner, known, {
    ...observation,
    ...(isExplained ? { isPriceChanged: false, modifiedAt: null } : { isPriceOfDetail: false }),
  });
}

/** No list is read again, as those of feeds with a bound on pages. */
export const readOnce: Learn['window'] = (prior, observation) => ({
  ...advanceWindow({ ...prior, maxPages: prior.maxPages ?? Infinity }, observation),
  maxPages: prior.maxPages,
});

/** Does some work with rules in the place of the product's own, which loads read from `learn`. */
export async function withRules<T>(rules: Partial<Learn>, work: () => Promise<T>): Promise<T> {
  const own = { ...learn };
  Object.assign(learn, rules);
  try {
    return await work();
  } finally {
    Object.assign(learn, own);
  }
}
