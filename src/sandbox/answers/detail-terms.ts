import { imageUrl } from './images.ts';
import { sellerIdentities } from './seller-scores.ts';
import { isDistributed } from '../world/goods.ts';
import type { Offer } from '../world/offers.ts';

function tagList(offer: Offer) {
  const { draw } = offer;
  const isMixed = draw.chance('mix', 0.5);
  return [
    { key: 'isOnePsale', value: draw.chance('one-piece', 0.4) },
    { key: 'isOnePsaleFreePostage', value: isDistributed(offer) },
    { key: 'isSupportMix', value: isMixed },
    { key: 'select', value: draw.chance('select', 0.2) },
    { key: 'noReason7DReturn', value: draw.chance('returns-7d', 0.7) },
    ...(draw.chance('yx', 0.1) ? [{ key: '1688_yx', value: true }] : []),
  ];
}

/** From how much money, or how many units, a shop mixes offers in an order; half of the offers are mixed. */
function mixSetting({ draw }: Offer) {
  if (draw.chance('no-mix-setting', 0.1)) return undefined;
  if (!draw.chance('mix', 0.5)) return { generalHunpi: false };
  return {
    generalHunpi: true,
    mixAmount: 50 * (1 + draw.int('mix-amount', 10)),
    mixNumber: 1 + draw.int('mix-number', 10),
  };
}

function certificates(offer: Offer) {
  if (!offer.draw.chance('certified', 0.05)) return undefined;
  return [
    {
      certificateName: '外观专利证书或授权书证书',
      certificateCode: `ZL 2018 3 ${String(offer.draw.int('certificate', 10_000_000)).padStart(7, '0')}.7`,
      certificatePhotoList: [imageUrl(offer, 90)],
    },
  ];
}

/** How an offer is sold, beside its prices and its shipping. */
export function detailTerms(offer: Offer) {
  const { draw, seller } = offer;
  return {
    isJxhy: draw.chance('jxhy', 0.15, 0),
    isSelect: String(draw.chance('select', 0.2)),
    tagInfoList: tagList(offer),
    sellerMixSetting: mixSetting(offer),
    offerIdentities: sellerIdentities(seller) ?? undefined,
    sellingPoint: draw.chance('selling-points', 0.15) ? ['面料:柔软透气', '发货:当天发出'] : null,
    certificateList: certificates(offer),
    productCargoNumber: draw.chance('no-cargo-number', 0.3) ? undefined : `A${offer.index}`,
    channelPrice: null,
  };
}
