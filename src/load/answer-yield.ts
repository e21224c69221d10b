import type { LoadableAnswer } from '../model/catalog.ts';
import type { DetailPrompt } from '../model/learning.ts';
import type { LoadCounters } from './load-counters.ts';

/** What one answer showed of offers. */
export interface AnswerYield {
  /** Offers not known before. */
  readonly offersNew: number;
  /** Offers known, but not by this kind of observation. */
  readonly offersCompleted: number;
  /** Known offers that changed in a field or a price. */
  readonly offersChanged: number;
  /** Prices of any of these offers that ended. */
  readonly pricesChanged: number;
  /** Known offers that sold out or came back in stock. */
  readonly stockChanged: number;
  /** Why the detail was fetched. */
  readonly promptedBy?: DetailPrompt;
}

/** Offers and prices that a load touched, by the kind of answer. */
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
 * What each answer of a load showed, in order; null: its kind shows no offers. An offer in several answers counts for the first, so that
 * the sum over answers is what the load learned.
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

/** The ids that were not taken before. */
function take(taken: Set<string>, offerIds: readonly string[]): string[] {
  const own = [...new Set(offerIds)].filter((id) => !taken.has(id));
  for (const id of own) taken.add(id);
  return own;
}
