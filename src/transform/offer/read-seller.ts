import type { SellerRecord } from '../../model/records.ts';
import type { FieldReader } from '../reading/field-reader.ts';

/** The seller of a detail answer; null when the answer doesn't name one. */
export function readSeller(detail: FieldReader): SellerRecord | null {
  const sellerId = detail.text('sellerOpenId', 200);
  if (sellerId === null) return null;
  const data = detail.object('sellerDataInfo');
  return {
    sellerId,
    companyName: detail.text('companyName'),
    tradeMedalLevel: data.level('tradeMedalLevel'),
    compositeServiceScore: data.score('compositeServiceScore'),
    logisticsExperienceScore: data.score('logisticsExperienceScore'),
    disputeComplaintScore: data.score('disputeComplaintScore'),
    offerExperienceScore: data.score('offerExperienceScore'),
    afterSalesExperienceScore: data.score('afterSalesExperienceScore'),
    consultingExperienceScore: data.score('consultingExperienceScore'),
    repeatPurchaseRate: data.share('repeatPurchasePercent'),
    pickup48hRate: data.share('collect30DayWithin48HPercent'),
    qualityRefundRate: data.share('qualityRefundWithin30Day'),
    // In a detail answer these identities are the merchant's; in a search row, the offer's own.
    identities: detail.texts('offerIdentities', 100),
  };
}
