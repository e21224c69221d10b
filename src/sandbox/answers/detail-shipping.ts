import type { WireValue } from '../wire-json.ts';
import type { Goods, Sku } from '../world/goods.ts';
import type { Offer } from '../world/offers.ts';

/** Whose figures they are: the seller's, 1688's own, or a guess from a like offer. */
const sources = ['商家自填', '商家自填', '官方测量', '预测-同款放大'] as const;

/** Size in cm and weight in kg of a place: 0 is the offer, the others are its SKUs. */
function measuresOf({ draw }: Offer, place: number) {
  const size = (topic: string) => (1 + draw.int(topic, 400, place)) / 10;
  return {
    width: size('width'),
    length: size('length'),
    height: size('height'),
    weight: size('weight') / 10,
  };
}

/** What 1688 measured itself, about the same as what is stated. */
function officialMeasures(offer: Offer, place: number) {
  const { width, length, height, weight } = measuresOf(offer, place);
  return {
    officialWidth: width + 1,
    officialLength: length + 1,
    officialHeight: height + 1,
    officialWeight: Math.round(weight * 1100) / 1000,
  };
}

function skuDetails(offer: Offer, { skuId, position }: Sku): WireValue {
  const source = offer.draw.pick('sku-size-source', sources, position);
  const measures = measuresOf(offer, position + 1);
  const isGuessed = source === '预测-同款放大';
  return {
    skuId,
    ...measures,
    pkgSizeSource: source,
    ...(source === '官方测量' ? officialMeasures(offer, position + 1) : {}),
    ...(isGuessed ? { aiWeight: measures.weight, aiWeightAccuracy: '80%' } : {}),
  };
}

/** `productShippingInfo`; three in four offers have sizes and weights by SKU. */
export function shippingInfo(offer: Offer, goods: Goods): WireValue {
  const { draw, seller } = offer;
  const isMeasured = draw.chance('measured', 0.6);
  const isOfficial = isMeasured && draw.chance('official', 0.3);
  const unmeasured = { width: null, length: null, height: null, weight: null };
  return {
    sendGoodsAddressText: seller.province + seller.city,
    ...(isMeasured ? measuresOf(offer, 0) : unmeasured),
    shippingTimeGuarantee: draw.pick('ships', ['shipIn24Hours', 'shipIn48Hours']),
    skuShippingInfoList: [],
    skuShippingDetails: draw.chance('measured-skus', 0.75)
      ? goods.skus.map((sku) => skuDetails(offer, sku))
      : [],
    pkgSizeSource: isMeasured ? (isOfficial ? '官方测量' : '商家自填') : null,
    ...(isOfficial ? officialMeasures(offer, 0) : {}),
  };
}
