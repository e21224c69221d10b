import type { Nature } from '../world/nature.ts';
import type { Seller } from '../world/sellers.ts';

/** The scores of `sellerDataInfo`, all of them text, that search rows and details share. */
export function sellerScores({ draw }: Seller, nature: Nature) {
  const score = (topic: string): string => {
    if (draw.chance(`unrated-${topic}`, nature.unrated)) return '0.0';
    return (2 + draw.int(topic, 31) / 10).toFixed(1);
  };
  const share = draw.unit('repeat');
  const repeatPurchasePercent = draw.chance('repeat-form', 0.5)
    ? `${(share * 100).toFixed(2)}%`
    : share.toFixed(4);
  const level = 1 + draw.int('medal', 5);
  return {
    tradeMedalLevel: draw.chance('half-medal', nature.halfMedals) ? `${level - 1}.5` : String(level),
    compositeServiceScore: score('composite'),
    logisticsExperienceScore: score('logistics'),
    disputeComplaintScore: score('dispute'),
    offerExperienceScore: score('offer'),
    afterSalesExperienceScore: score('after-sales'),
    consultingExperienceScore: score('consulting'),
    repeatPurchasePercent: draw.chance('repeat-unknown', 0.1) ? '' : repeatPurchasePercent,
  };
}

/** What 1688 says a merchant is; null: nothing. */
export function sellerIdentities({ draw }: Seller): readonly string[] | null {
  if (draw.chance('no-identity', 0.15)) return null;
  const factory = draw.chance('factory', 0.2) ? ['super_factory'] : [];
  const powerful = draw.chance('powerful', 0.3) ? ['powerful_merchants'] : [];
  return [...factory, ...powerful, 'tp_member'];
}
