import { saleInfo, skuInfo } from './detail-prices.ts';
import { shippingInfo } from './detail-shipping.ts';
import { detailTerms } from './detail-terms.ts';
import { imageUrl } from './images.ts';
import { categoryFields, promotionModel, salesOf, traceInfo, tradeScore } from './offer-fields.ts';
import { sellerScores } from './seller-scores.ts';
import type { WireValue } from '../wire-json.ts';
import { toNaiveDate, toNaiveTime } from '../wire-time.ts';
import { goodsOf } from '../world/goods.ts';
import type { Offer } from '../world/offers.ts';
import { subjectIn, subjectOf, translate } from '../world/texts.ts';
import { materialTerms, seasonTerms, styleTerms, type Term } from '../world/vocabulary.ts';
import type { Entry } from '../world/entry.ts';

/** Row per value: an offer for two seasons has the attribute of the season twice. */
function attributes(offer: Offer, language: string): WireValue {
  const { draw } = offer;
  const seasons = seasonTerms.filter((_, i) => draw.chance('season', 0.5, i));
  const rows: readonly (readonly [string, Term, Term])[] = [
    ['401', { zh: '材质', en: 'Material' }, draw.pick('material', materialTerms)],
    ['2176', { zh: '品牌', en: 'Brand' }, { zh: '其他', en: 'Other' }],
    ['3151', { zh: '风格', en: 'Style' }, draw.pick('look', styleTerms)],
    ...seasons.map((season): [string, Term, Term] => ['8614', { zh: '适用季节', en: 'Season' }, season]),
    ['1398', { zh: '货号', en: 'Item number' }, { zh: `A${offer.index}`, en: `A${offer.index}` }],
  ];
  return rows.map(([attributeId, name, value]) => ({
    attributeId,
    attributeName: name.zh,
    value: value.zh,
    attributeNameTrans: translate(offer, name, language),
    valueTrans: translate(offer, value, language),
  }));
}

function media(entry: Entry, language: string) {
  const { draw } = entry.offer;
  const images = Array.from({ length: 2 + draw.int('images', 4) }, (_, i) =>
    imageUrl(entry.offer, i === 0 ? 0 : 10 + i),
  );
  const pictures = Array.from(
    { length: 3 },
    (_, i) =>
      `<p><img src="${imageUrl(entry.offer, 50 + i)}" alt="undefined" width="790.0" height="1024.5"/></p>`,
  );
  return {
    subject: subjectOf(entry.offer, entry.state),
    subjectTrans: subjectIn(entry.offer, entry.state, language),
    description: `<div id="offer-template-0"></div><div>${pictures.join('')}</div>`,
    mainVideo: draw.chance('video', 0.2)
      ? `https://cloud.video.taobao.com/play/u/${entry.offer.index}.mp4`
      : null,
    detailVideo: null,
    productImage: {
      images,
      whiteImage: draw.chance('has-whiteImage', 0.5) ? imageUrl(entry.offer, 1) : undefined,
    },
  };
}

/** The payload of queryProductDetail (1688 docs queryProductDetail v1). */
export function detailOf(entry: Entry, language: string, currency: string | null = null): WireValue {
  const { offer, state } = entry;
  const { draw, category, seller } = offer;
  const goods = goodsOf(offer, state);
  const hasTime = draw.chance('created-with-time', 0.7);
  return {
    offerId: BigInt(offer.offerId),
    categoryId: Number(category.id),
    categoryName: draw.chance('has-category-name', 0.9) ? category.name : null,
    ...categoryFields(offer),
    ...media(entry, language),
    productAttribute: attributes(offer, language),
    productSkuInfos: goods.skus.map((sku) => skuInfo(offer, sku, { name: language, currency })),
    productSaleInfo: saleInfo(offer, goods, { name: language, currency }),
    productShippingInfo: shippingInfo(offer, goods),
    minOrderQuantity: goods.minOrderQuantity,
    batchNumber: draw.chance('batched', 0.2) ? 10 : null,
    status: state.status,
    sellerOpenId: seller.id,
    ...detailTerms(offer),
    promotionModel: promotionModel(goods),
    traceInfo: traceInfo(offer),
    soldOut: String(salesOf(offer, state).ever),
    sellerDataInfo: {
      ...sellerScores(seller, offer.nature),
      collect30DayWithin48HPercent: seller.draw.unit('collect').toFixed(4),
      qualityRefundWithin30Day: seller.draw.unit('refund').toFixed(4),
    },
    tradeScore: tradeScore(offer),
    createDate: hasTime ? toNaiveTime(offer.createdAt) : toNaiveDate(offer.createdAt),
    companyName: draw.chance('has-company', 0.7) ? seller.companyName : undefined,
    promotionUrl: draw.chance('has-promotion-url', 0.5)
      ? `https://detail.1688.com/offer/${offer.offerId}.html`
      : undefined,
  };
}
