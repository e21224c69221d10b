import type { PoolClient } from 'pg';
import type { SellerRecord } from '../../model/records.ts';
import { readSql } from '../sql-file.ts';
import { compareLooks, type LookKey } from './looks.ts';

/** A seller as an answer describes it, or (record null) merely names it. */
export interface SellerLook {
  readonly sellerId: string;
  readonly record: SellerRecord | null;
  readonly key: LookKey;
}

/** The newest description of a seller in some answers, and the newest that tells its name. */
interface Best {
  readonly look: SellerLook;
  readonly named: SellerLook | null;
}

const isAfter = (look: SellerLook, known: SellerLook | null): boolean =>
  known === null || compareLooks(look.key, known.key) > 0;

/** The newest description of each seller; a bare id only where there is none. */
function bestOfEach(looks: readonly SellerLook[]): Best[] {
  const best = new Map<string, Best>();
  for (const look of looks) {
    const { look: known = null, named = null } = best.get(look.sellerId) ?? {};
    const isBetter =
      known === null || (look.record !== null && (known.record === null || isAfter(look, known)));
    const tellsName = typeof look.record?.companyName === 'string' && isAfter(look, named);
    best.set(look.sellerId, { look: isBetter ? look : known, named: tellsName ? look : named });
  }
  return [...best.values()];
}

interface LockedSeller {
  readonly seller_id: string;
  readonly is_newest: boolean;
  readonly is_newest_name: boolean;
}

/** Ids, and which calls describe and name them, as `lock-sellers.sql` takes them. */
function lookParams(best: readonly Best[]): unknown[] {
  return [
    best.map(({ look }) => look.sellerId),
    best.map(({ look }) => (look.record === null ? '-infinity' : look.key.at)),
    best.map(({ look }) => (look.record === null ? '0' : look.key.callId)),
    best.map(({ named }) => named?.key.at ?? null),
    best.map(({ named }) => named?.key.callId ?? null),
  ];
}

async function lockSellers(client: PoolClient, best: readonly Best[]): Promise<Map<string, LockedSeller>> {
  const { rows } = await client.query<LockedSeller>(readSql('lock-sellers'), lookParams(best));
  return new Map(rows.map((row) => [row.seller_id, row]));
}

/** A name that 1688 left out of an answer is not gone: the newest that was told stays. */
function toSellerRow({ look: { sellerId, record, key }, named }: Best, isNewestName: boolean) {
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
  const isNewestName = ({ look }: Best) => locked.get(look.sellerId)?.is_newest_name ?? false;
  const described = best.filter(({ look }) => locked.get(look.sellerId)?.is_newest);
  let written = 0;
  if (described.length > 0) {
    const rows = described.map((one) => toSellerRow(one, isNewestName(one)));
    const merged = await client.query(readSql('merge-sellers'), [JSON.stringify(rows)]);
    written += merged.rowCount ?? 0;
  }
  const onlyNamed = best.filter((one) => isNewestName(one) && !described.includes(one));
  if (onlyNamed.length > 0) {
    const named = await client.query(readSql('name-sellers'), [
      onlyNamed.map(({ look }) => look.sellerId),
      onlyNamed.map(({ named }) => named?.record?.companyName),
    ]);
    written += named.rowCount ?? 0;
  }
  return written;
}

/** Merges sellers, newest description wins. Locks them in ascending id; offers must be locked before. */
export async function mergeSellers(client: PoolClient, looks: readonly SellerLook[]): Promise<void> {
  const best = bestOfEach(looks);
  if (best.length > 0) await writeSellers(client, best, await lockSellers(client, best));
}

/**
 * As `mergeSellers`, and writes anew what the same answers described before, where it reads otherwise now.
 *
 * @returns how many it wrote
 */
export async function correctSellers(client: PoolClient, looks: readonly SellerLook[]): Promise<number> {
  const best = bestOfEach(looks);
  if (best.length === 0) return 0;
  await lockSellers(client, best);
  const { rows } = await client.query<LockedSeller>(readSql('list-newest-sellers'), lookParams(best));
  return writeSellers(client, best, new Map(rows.map((row) => [row.seller_id, row])));
}
