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

/** The newest description of each seller; a bare name only where there is none. */
function newestOfEach(looks: readonly SellerLook[]): SellerLook[] {
  const best = new Map<string, SellerLook>();
  for (const look of looks) {
    const known = best.get(look.sellerId);
    const isBetter =
      known === undefined ||
      (look.record !== null && (known.record === null || compareLooks(look.key, known.key) > 0));
    if (isBetter) best.set(look.sellerId, look);
  }
  return [...best.values()];
}

/** Merges sellers, newest description wins. Locks them in ascending id; offers must be locked before. */
export async function mergeSellers(client: PoolClient, looks: readonly SellerLook[]): Promise<void> {
  const sellers = newestOfEach(looks);
  if (sellers.length === 0) return;
  const locked = await client.query<{ seller_id: string }>(readSql('lock-sellers'), [
    sellers.map(({ sellerId }) => sellerId),
    sellers.map(({ record, key }) => (record === null ? '-infinity' : key.at)),
    sellers.map(({ record, key }) => (record === null ? '0' : key.callId)),
  ]);
  const ids = new Set(locked.rows.map((row) => row.seller_id));
  const rows = sellers
    .filter(({ sellerId }) => ids.has(sellerId))
    .map(({ sellerId, record, key }) => ({
      seller_id: sellerId,
      company_name: record?.companyName,
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
    }));
  if (rows.length > 0) await client.query(readSql('merge-sellers'), [JSON.stringify(rows)]);
}
