import { applySql } from '../db/sql-file.ts';
import { offerState } from './detail-rows.ts';
import type { LoadContext } from './load-context.ts';
import type { DetailObservation } from './merge-details.ts';
import { readSql } from './read-sql.ts';

/** What an answer alone says of its offer's state; null: it is empty, or its status can't be read. */
function shownState({ detail }: DetailObservation): string | null {
  if (detail === null || detail.isStatusUnread) return null;
  return offerState(0, { sourceStatus: detail.offer.sourceStatus, isAbsent: false });
}

/** Gives booked answers of locked offers that newer ones have overtaken their place in the histories of states. */
export async function placeStates(
  { client }: LoadContext,
  overtaken: readonly DetailObservation[],
): Promise<void> {
  if (overtaken.length === 0) return;
  await applySql(client, readSql('place-states'), [
    JSON.stringify(
      overtaken.map((one) => ({
        offer_id: one.offerId,
        observed_at: one.key.at,
        call_id: one.key.callId,
        state: shownState(one),
      })),
    ),
  ]);
}
