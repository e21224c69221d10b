import { inArray } from 'drizzle-orm';
import { drizzleOn } from '../db/database.ts';
import type { LoadableAnswer } from '../model/catalog.ts';
import { isOlder, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import { offer } from '../schema/catalog.ts';
import type { LoadContext } from './load-context.ts';
import { listSeries, type SeriesEntry } from './price-series.ts';

/** 1688's status by offer; null: none. */
export type Statuses = ReadonlyMap<string, string | null>;

/** The present statuses of offers. */
export async function readStatuses({ client }: LoadContext, offerIds: readonly string[]): Promise<Statuses> {
  if (offerIds.length === 0) return new Map();
  const rows = await drizzleOn(client)
    .select({ offerId: offer.offerId, sourceStatus: offer.sourceStatus })
    .from(offer)
    .where(inArray(offer.offerId, [...offerIds]));
  return new Map(rows.map((row) => [row.offerId, row.sourceStatus]));
}

/** The answers of these observations, as far as they are stored. */
export async function readEntries(
  { hand, readAnswers }: LoadContext,
  entries: readonly SeriesEntry[],
): Promise<ReadonlyMap<string, LoadableAnswer>> {
  const others = entries.map(({ key }) => key.callId).filter((id) => !hand.has(id));
  return new Map([...hand, ...(await readAnswers(others))]);
}

/** The status that an answer gives its offer; undefined: none that can be read. */
export function statedIn(answer: LoadableAnswer): string | null | undefined {
  if (answer.kind !== 'detail' || answer.record?.kind !== 'found') return undefined;
  const { isStatusUnread, offer: record } = answer.record.detail;
  return isStatusUnread ? undefined : record.sourceStatus;
}

/**
 * The statuses of the newest details before the given ones whose status can be read. Leaves out offers without one, and offers of which
 * an answer since then is not stored.
 */
export async function readStatusesBefore(
  context: LoadContext,
  details: readonly { readonly offerId: string; readonly key: ObservationKey }[],
): Promise<Statuses> {
  const ids = details.map(({ offerId }) => offerId);
  const series = await listSeries(context.client, ids, 'detail');
  const statuses = new Map<string, string | null>();
  let open = details.map(({ offerId, key: before }) => {
    const older = (series.get(offerId) ?? []).filter(({ key, isFound }) => isFound && isOlder(key, before));
    return { offerId, older };
  });
  while (open.length > 0) {
    const answers = await readEntries(
      context,
      open.flatMap(({ older }) => older.at(-1) ?? []),
    );
    open = open.flatMap(({ offerId, older }) => {
      const answer = answers.get(older.at(-1)?.key.callId ?? '');
      if (answer === undefined) return [];
      const status = statedIn(answer);
      if (status === undefined) return [{ offerId, older: older.slice(0, -1) }];
      statuses.set(offerId, status);
      return [];
    });
  }
  return statuses;
}
