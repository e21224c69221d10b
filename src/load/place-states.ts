import { applySql } from '../db/sql-file.ts';
import { isNewer, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import { offerState } from './detail-rows.ts';
import type { LoadContext } from './load-context.ts';
import { isFound, type DetailObservation } from './merge-details.ts';
import { listSeries } from './price-series.ts';
import { readEntries, statedIn } from './read-statuses.ts';
import { readSql } from './read-sql.ts';

/** The state that an answer shows of its offer; null: it is empty, or its status cannot be read. */
interface ShownState {
  readonly offerId: string;
  readonly key: ObservationKey;
  readonly state: string | null;
}

/** The state that an answer shows by itself. */
function toShownState({ offerId, key, detail }: DetailObservation): ShownState {
  if (detail === null || detail.isStatusUnread) return { offerId, key, state: null };
  return { offerId, key, state: offerState(0, { sourceStatus: detail.offer.sourceStatus, isAbsent: false }) };
}

/** Later answers whose own status cannot be read, and that therefore show the same state: up to the first whose status can be read. */
async function listFollowing(context: LoadContext, shown: readonly ShownState[]): Promise<ShownState[]> {
  const ids = shown.map(({ offerId }) => offerId);
  const series = await listSeries(context.client, ids, 'detail');
  const following: ShownState[] = [];
  let open = shown.map((one) => {
    const entries = (series.get(one.offerId) ?? []).filter(
      (entry) => entry.isFound && isNewer(entry.key, one.key),
    );
    return { one, entries };
  });
  while (open.length > 0) {
    const answers = await readEntries(
      context,
      open.flatMap(({ entries }) => entries[0] ?? []),
    );
    open = open.flatMap(({ one, entries: [entry, ...entries] }) => {
      const answer = answers.get(entry?.key.callId ?? '');
      if (entry === undefined || answer === undefined || statedIn(answer) !== undefined) return [];
      following.push({ ...one, key: entry.key });
      return [{ one, entries }];
    });
  }
  return following;
}

/** Puts recorded answers of locked offers that came after newer ones into the histories of states. */
export async function placeStates(
  context: LoadContext,
  overtaken: readonly DetailObservation[],
): Promise<void> {
  if (overtaken.length === 0) return;
  const shown = overtaken.map(toShownState);
  const following = await listFollowing(
    context,
    overtaken
      .filter(isFound)
      .map(toShownState)
      .filter(({ state }) => state !== null),
  );
  const rows = [...shown, ...following].map(({ offerId, key, state }) => ({
    ...{ offer_id: offerId, observed_at: key.at, call_id: key.callId },
    state,
  }));
  // A following answer may also have come late.
  const byAnswer = new Map(rows.map((row) => [`${row.offer_id} ${row.call_id}`, row]));
  await applySql(context.client, readSql('place-states'), [JSON.stringify([...byAnswer.values()])]);
}
