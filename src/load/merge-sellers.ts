import type { PoolClient } from 'pg';
import type { SellerRecord } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import { compareObservations, type ObservationKey } from './offer-freshness.ts';

/** A seller as an answer describes it, or (record null) merely names it. */
export interface SellerObservation {
  readonly sellerId: string;
  readonly record: SellerRecord | null;
  readonly key: ObservationKey;
}

/** The newest description of a seller in some answers, and the newest that tells its name. */
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
  const { rows } = await client.query<LockedSeller>(readSql('lock-sellers'), observationParams(best));
  return new Map(rows.map((row) => [row.seller_id, row]));
}

/** A name that 1688 left out of an answer is not gone: the newest that was told stays. */
function toSellerRow({ observation: { sellerId, record, key }, named }: Best, isNewestName: boolean) {
  return {
    seller_id: sellerId,
    company_name: isNewestName ? named?.record?.companyName : null,
    trade_medal_level: record?.tradeMedalLevel,
    composite_service_score: record?.compositeServiceScore,
    logistics_experience_score: record?.logisticsExperienceScore,
    dispute_complaint_score: record?.disputeComplaintScore,
    offer_experience_score: record?.offerExperienceScore,
    after_sales_experience_score: record?.afterSalesExperienceScore,
    consulting_experience_score: record?.consultingExperienceScore,
    repeat_purchase_rate: record?.repeatPurchaseRate,
    changed_at: key.at,
    call_id: key.callId,
  };
}

/** Gives how many it wrote. */
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
    const merged = await client.query(readSql('merge-sellers'), [JSON.stringify(rows)]);
    written += merged.rowCount ?? 0;
  }
  const onlyNamed = best.filter((one) => isNewestName(one) && !described.includes(one));
  if (onlyNamed.length > 0) {
    const named = await client.query(readSql('name-sellers'), [
      onlyNamed.map(({ observation }) => observation.sellerId),
      onlyNamed.map(({ named }) => named?.record?.companyName),
    ]);
    written += named.rowCount ?? 0;
  }
  return written;
}

/** Merges sellers, newest description wins. Locks them in ascending id; offers must be locked before. */
export async function mergeSellers(
  client: PoolClient,
  observations: readonly SellerObservation[],
): Promise<void> {
  const best = bestOfEach(observations);
  if (best.length > 0) await writeSellers(client, best, await lockSellers(client, best));
}

/**
 * As `mergeSellers`, and writes anew what the same answers described before, where it reads otherwise now.
 *
 * @returns how many it wrote
 */
export async function correctSellers(
  client: PoolClient,
  observations: readonly SellerObservation[],
): Promise<number> {
  const best = bestOfEach(observations);
  if (best.length === 0) return 0;
  await lockSellers(client, best);
  const { rows } = await client.query<LockedSeller>(readSql('list-newest-sellers'), observationParams(best));
  return writeSellers(client, best, new Map(rows.map((row) => [row.seller_id, row])));
}
