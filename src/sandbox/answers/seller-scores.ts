import type { Seller } from '../world/sellers.ts';

function score(seller: Seller, topic: string): string {
  return (2 + seller.draw.int(topic, 31) / 10).toFixed(1);
}

/** The scores of `sellerDataInfo`, all of them text, that search rows and details share. */
export function sellerScores(seller: Seller) {
  const share = seller.draw.unit('repeat');
  const repeatPurchasePercent = seller.draw.chance('repeat-form', 0.5)
    ? `${(share * 100).toFixed(2)}%`
    : share.toFixed(4);
  return {
    tradeMedalLevel: String(1 + seller.draw.int('medal', 5)),
    compositeServiceScore: score(seller, 'composite'),
    logisticsExperienceScore: score(seller, 'logistics'),
    disputeComplaintScore: score(seller, 'dispute'),
    offerExperienceScore: score(seller, 'offer'),
    afterSalesExperienceScore: score(seller, 'after-sales'),
    consultingExperienceScore: score(seller, 'consulting'),
    repeatPurchasePercent: seller.draw.chance('repeat-unknown', 0.1) ? '' : repeatPurchasePercent,
  };
}
