import type { PoolClient } from 'pg';
import type { LoadableAnswer, LoadableOffer } from '../../model/catalog.ts';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';
import { eraseFromAnswers } from './erase-answers.ts';
import { eraseOffers, hashSeller } from './erase-offers.ts';
import { holdErasures } from './lock-erased-sellers.ts';
import type { SellerMarks } from './erase-from-body.ts';

/** Answers without what they say of erased sellers. */
export interface FilteredAnswers {
  readonly answers: readonly LoadableAnswer[];
  /** Removes the same from the stored answers; to be called once the answers are recorded. */
  readonly erase: () => Promise<void>;
}

function sellerOf({ record }: LoadableOffer): string | null {
  if (record?.kind !== 'found') return null;
  return record.detail.offer.sellerId ?? record.detail.seller?.sellerId ?? null;
}

function offersOf(answer: LoadableAnswer): string[] {
  if (answer.kind === 'detail') return [answer.offerId];
  return answer.kind === 'search' ? (answer.record?.rows ?? []).map(({ offerId }) => offerId) : [];
}

async function listErased(client: PoolClient, answers: readonly LoadableAnswer[]): Promise<SellerMarks> {
  const sellers = answers.flatMap((answer) => (answer.kind === 'detail' ? (sellerOf(answer) ?? []) : []));
  // Who erases a seller waits until no load is under way that has not seen it erased. Own statement: own snapshot.
  if (sellers.length > 0) await holdErasures(client);
  const rows = await runSql<{ offerId: string | null; sellerId: string | null }>(
    client,
    readSql('list-erased'),
    [answers.flatMap(offersOf), [...new Set(sellers)]],
  );
  return {
    offerIds: new Set(rows.flatMap(({ offerId }) => offerId ?? [])),
    sellerIds: rows.flatMap(({ sellerId }) => sellerId ?? []),
    names: [],
  };
}

/** Of which of a page's rows an example comes can't be told. Its rows stay, for its window counts them. */
const withoutSamples = <T extends LoadableAnswer>(answer: T): T => ({
  ...answer,
  rejects: answer.rejects.map((reject) => ({ ...reject, sample: null })),
  drifts: answer.drifts.map((drift) => ({ ...drift, sample: null })),
});

/**
 * Leaves out what answers say of erased sellers. Search rows of their offers are known by the offer's id; an offer that
 * nobody knew to be theirs is found out by its first detail answer, and erased then and there.
 */
export async function filterErased(
  client: PoolClient,
  given: readonly LoadableAnswer[],
): Promise<FilteredAnswers> {
  const marks = await listErased(client, given);
  const isTheirs = (answer: LoadableAnswer): boolean =>
    offersOf(answer).some((id) => marks.offerIds.has(id)) ||
    (answer.kind === 'detail' && marks.sellerIds.includes(sellerOf(answer) ?? ''));
  const theirs = given.filter(isTheirs);
  if (theirs.length === 0) return { answers: given, erase: async () => undefined };
  const offerIds = new Set(marks.offerIds);
  for (const sellerId of marks.sellerIds) {
    const found = theirs.filter((answer) => answer.kind === 'detail' && sellerOf(answer) === sellerId);
    const ids = [...new Set(found.flatMap(offersOf))].filter((id) => !offerIds.has(id));
    await eraseOffers(client, ids, hashSeller(sellerId));
    for (const id of ids) offerIds.add(id);
  }
  return {
    answers: given.map((answer) => {
      if (!theirs.includes(answer)) return answer;
      return answer.kind === 'detail'
        ? { ...answer, record: null, rejects: [], drifts: [] }
        : withoutSamples(answer);
    }),
    erase: () =>
      eraseFromAnswers(
        client,
        theirs.map(({ provenance }) => provenance.callId),
        { ...marks, offerIds },
      ),
  };
}
