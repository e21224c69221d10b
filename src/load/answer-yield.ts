import type { LoadableAnswer } from '../model/catalog.ts';
import type { DetailPrompt } from '../model/learning.ts';
import type { LoadCounters } from './load-counters.ts';

/** What one answer showed of offers. */
export interface AnswerYield {
  /** Not known before. */
  readonly offersNew: number;
  /** Known, but not by this kind of observation. */
  readonly offersCompleted: number;
  /** Known, and changed in a field or a price. */
  readonly offersChanged: number;
  /** Prices of any of them that ended. */
  readonly pricesChanged: number;
  /** Known, and sold out or in stock again. */
  readonly stockChanged: number;
  /** Why a detail was asked for. */
  readonly promptedBy?: DetailPrompt;
}

/** Offers and prices that a load has touched, by the kind of answer that touched them. */
export interface CountersByKind {
  readonly listed: LoadCounters;
  readonly fetched: LoadCounters;
}

function yieldOf(offerIds: readonly string[], counters: LoadCounters): AnswerYield {
  const isNew = (id: string) => counters.added.has(id);
  const isCompleted = (id: string) => !isNew(id) && counters.completed.has(id);
  const isChanged = (id: string) => !isNew(id) && !isCompleted(id) && counters.changed.has(id);
  return {
    offersNew: offerIds.filter(isNew).length,
    offersCompleted: offerIds.filter(isCompleted).length,
    offersChanged: offerIds.filter(isChanged).length,
    pricesChanged: offerIds.reduce((sum, id) => sum + (counters.pricesClosed.get(id) ?? 0), 0),
    stockChanged: offerIds.filter((id) => counters.stockMoved.has(id)).length,
  };
}

/**
 * What each answer of a load showed, in their order; null: its kind shows no offers. An offer that several of them show is credited to the first, so
 * that the lessons add up to what was learned.
 */
export function readYields(
  answers: readonly LoadableAnswer[],
  countersByKind: CountersByKind,
): (AnswerYield | null)[] {
  const listed = new Set<string>();
  const fetched = new Set<string>();
  return answers.map((answer) => {
    switch (answer.kind) {
      case 'search':
        return yieldOf(
          take(listed, answer.record?.rows.map(({ offerId }) => offerId) ?? []),
          countersByKind.listed,
        );
      case 'detail': {
        const shown = yieldOf(take(fetched, [answer.offerId]), countersByKind.fetched);
        const promptedBy = countersByKind.fetched.prompts.get(answer.provenance.rawId);
        return promptedBy === undefined ? shown : { ...shown, promptedBy };
      }
      case 'category':
      case 'upload':
        return null;
    }
  });
}

/** Those that were not taken before. */
function take(taken: Set<string>, offerIds: readonly string[]): string[] {
  const own = [...new Set(offerIds)].filter((id) => !taken.has(id));
  for (const id of own) taken.add(id);
  return own;
}
