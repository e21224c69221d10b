import type { PoolClient } from 'pg';
import type { SellerRecord } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import type { LoadContext } from './load-context.ts';
import { compareObservations, type ObservationKey } from '../refresh/update/offer-freshness.ts';
import { applySql, runSql } from '../db/sql-file.ts';

/** A seller as an answer describes it, or (record null) merely names it. */
export interface SellerObservation {
  readonly sellerId: string;
  readonly record: SellerRecord | null;
  readonly key: ObservationKey;
}

/** The newest description of a seller in some answers, and the newest with its name. */
interface Best {
  readonly observation: SellerObservation;
  readonly named: SellerObservation | null;
}

const isAfter = (observation: SellerObservation, known: SellerObservation | null): boolean =>
  known === null || compareObservations(observation.key, known.key) > 0;

/** The newest description of each seller; a bare id only where there is none. */
function bestOfEach(observations: readonly SellerObservation[]): Best[] {
  const best = new Map<string, Best>();
  for (const observation of observations) {
    const { observation: known = null, named = null } = best.get(observation.sellerId) ?? {};
    const isBetter =
      known === null ||
      (observation.record !== null && (known.record === null || isAfter(observation, known)));
    const namesSellerNow = typeof observation.record?.companyName === 'string' && isAfter(observation, named);
    best.set(observation.sellerId, {
      observation: isBetter ? observation : known,
      named: namesSellerNow ? observation : named,
    });
  }
  return [...best.values()];
}

interface LockedSeller {
  readonly seller_id: string;
  readonly is_newest: boolean;
  readonly is_newest_name: boolean;
}

/** Ids, and which calls describe and name them, as `lock-sellers.sql` takes them. */
function observationParams(best: readonly Best[]): unknown[] {
  return [
    best.map(({ observation }) => observation.sellerId),
    best.map(({ observation }) => (observation.record === null ? '-infinity' : observation.key.at)),
    best.map(({ observation }) => (observation.record === null ? '0' : observation.key.callId)),
    best.map(({ named }) => named?.key.at ?? null),
    best.map(({ named }) => named?.key.callId ?? null),
  ];
}

async function lockSellers(client: PoolClient, best: readonly Best[]): Promise<Map<string, LockedSeller>> {
  const rows = await runSql<LockedSeller>(client, readSql('lock-sellers'), observationParams(best));
  return new Map(rows.map((row) => [row.seller_id, row]));
}

const wholeLevel = (level: string | null): number | null =>
  level === null ? null : Math.floor(Number(level));

/** The columns of a seller, except its name. */
export const toSellerColumns = (record: SellerRecord | null) => ({
  trade_medal: record?.tradeMedalLevel,
  composite_service_score: record?.compositeServiceScore,
  logistics_experience_score: record?.logisticsExperienceScore,
  dispute_complaint_score: record?.disputeComplaintScore,
  offer_experience_score: record?.offerExperienceScore,
  after_sales_experience_score: record?.afterSalesExperienceScore,
  consulting_experience_score: record?.consultingExperienceScore,
  repeat_purchase_rate: record?.repeatPurchaseRate,
  pickup_48h_rate: record?.pickup48hRate,
  quality_refund_rate: record?.qualityRefundRate,
  identities: record?.identities,
});

/** A name that 1688 left out of an answer still holds: the newest stated name stays. */
function toSellerRow({ observation: { sellerId, record, key }, named }: Best, isNewestName: boolean) {
  return {
    seller_id: sellerId,
    company_name: isNewestName ? named?.record?.companyName : null,
    trade_medal_level: record && wholeLevel(record.tradeMedalLevel),
    ...toSellerColumns(record),
    changed_at: key.at,
    call_id: key.callId,
  };
}

/** Writes sellers. Returns the number of rows written. */
async function writeSellers(
  client: PoolClient,
  best: readonly Best[],
  locked: ReadonlyMap<string, LockedSeller>,
): Promise<number> {
  const isNewestName = ({ observation }: Best) => locked.get(observation.sellerId)?.is_newest_name ?? false;
  const described = best.filter(({ observation }) => locked.get(observation.sellerId)?.is_newest);
  let written = 0;
  if (described.length > 0) {
    const rows = described.map((one) => toSellerRow(one, isNewestName(one)));
    const merged = await applySql(client, readSql('merge-sellers'), [JSON.stringify(rows)]);
    written += merged;
  }
  const onlyNamed = best.filter((one) => isNewestName(one) && !described.includes(one));
  if (onlyNamed.length > 0) {
    const named = await applySql(client, readSql('name-sellers'), [
      onlyNamed.map(({ observation }) => observation.sellerId),
      onlyNamed.map(({ named }) => named?.record?.companyName),
    ]);
    written += named;
  }
  return written;
}

/** The locked sellers of which the answers are the newest, also if these were loaded before. */
async function findNewest(client: PoolClient, best: readonly Best[]): Promise<Map<string, LockedSeller>> {
  const rows = await runSql<LockedSeller>(client, readSql('list-newest-sellers'), observationParams(best));
  return new Map(rows.map((row) => [row.seller_id, row]));
}

/**
 * Merges sellers; the newest description wins. Locks them in ascending id; offers must be locked before. A replay corrects what the same
 * answers described, if today's code reads it differently.
 */
export async function mergeSellers(
  { client, replay }: LoadContext,
  observations: readonly SellerObservation[],
): Promise<void> {
  const best = bestOfEach(observations);
  if (best.length === 0) return;
  const locked = await lockSellers(client, best);
  const written = await writeSellers(client, best, replay === null ? locked : await findNewest(client, best));
  if (replay !== null) replay.correction.sellers += written;
}
