import { isOlder } from '../refresh/update/offer-freshness.ts';
import { isFound, type DetailMerge, type DetailObservation, type FoundDetail } from './merge-details.ts';
import { listSeries } from './price-series.ts';
import { readEntries, readStatuses } from './read-statuses.ts';

/** The details, loaded after newer ones, whose status differs from that of their offers. */
async function findContradicting(
  { context, freshness }: DetailMerge,
  details: readonly DetailObservation[],
): Promise<FoundDetail[]> {
  const overtaken = details
    .filter(isFound)
    .filter(
      ({ offerId, key, detail }) =>
        !detail.isStatusUnread && isOlder(key, freshness.get(offerId)?.found ?? null),
    );
  const statuses = await readStatuses(
    context,
    overtaken.map(({ offerId }) => offerId),
  );
  return overtaken.filter(({ offerId, detail }) => statuses.get(offerId) !== detail.offer.sourceStatus);
}

/**
 * The newest details of offers whose own status cannot be read, and which may take it from one of `details`, which came after newer ones.
 * They are merged again.
 */
export async function listWithoutStatus(
  merge: DetailMerge,
  details: readonly DetailObservation[],
): Promise<FoundDetail[]> {
  const { context, freshness } = merge;
  const ids = new Set((await findContradicting(merge, details)).map(({ offerId }) => offerId));
  if (ids.size === 0) return [];
  const series = await listSeries(context.client, [...ids], 'detail');
  const newest = [...series].flatMap(([offerId, entries]) => {
    const entry = entries.findLast(({ isFound: wasFound }) => wasFound);
    const prior = freshness.get(offerId);
    return entry && prior ? [{ offerId, entry, prior }] : [];
  });
  const answers = await readEntries(
    context,
    newest.map(({ entry }) => entry),
  );
  return newest.flatMap(({ offerId, entry: { key }, prior }): FoundDetail[] => {
    const answer = answers.get(key.callId);
    if (answer?.kind !== 'detail' || answer.record?.kind !== 'found') return [];
    const { detail } = answer.record;
    return detail.isStatusUnread ? [{ offerId, answer, key, prior, detail }] : [];
  });
}
