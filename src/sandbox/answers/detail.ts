import { imageUrl } from './images.ts';
import { wireYuan, wireYuanOrNull } from './money.ts';
import { categoryFields, salesOf, traceInfo } from './offer-fields.ts';
import { sellerScores } from './seller-scores.ts';
import type { WireValue } from '../wire-json.ts';
import { toNaiveDate, toNaiveTime } from '../wire-time.ts';
import { goodsOf, type Goods, type Sku } from '../world/goods.ts';
import type { Offer } from '../world/offers.ts';
import { subjectIn, subjectOf, translate } from '../world/texts.ts';
import { materialTerms, seasonTerms, styleTerms, type Term } from '../world/vocabulary.ts';
import type { Entry } from '../world/entry.ts';

function specId(offer: Offer, position: number): string {
  return Array.from({ length: 4 }, (_, word) =>
    offer.draw
      .bits('spec', position * 4 + word)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
}

/** Attribute ids are numbers here and text in `productAttribute`. */
function skuAttributes(offer: Offer, sku: Sku, language: string): WireValue {
  const attribute = (attributeId: number, name: Term, value: Term, skuImageUrl: string | null) => ({
    attributeId,
    attributeName: name.zh,
    attributeNameTrans: translate(offer, name, language),
    value: value.zh,
    valueTrans: translate(offer, value, language),
    skuImageUrl,
  });
  const image = imageUrl(offer, 100 + sku.position);
  const color = attribute(3216, { zh: '颜色', en: 'Color' }, sku.color, image);
  if (sku.size === null) return [color];
  return [color, attribute(450, { zh: '尺码', en: 'Size' }, sku.size, null)];
}

function skuInfo(offer: Offer, sku: Sku, language: string): WireValue {
  const { draw } = offer;
  const isPricedBySku = offer.quoteType === 1;
  const money = (place: string, fen: number | null) => wireYuanOrNull(draw, `sku-${place}`, fen);
  return {
    skuId: BigInt(sku.skuId),
    specId: specId(offer, sku.position),
    amountOnSale: sku.stock,
    price: isPricedBySku ? money('price', sku.priceFen) : null,
    promotionPrice: isPricedBySku ? money('promotion', sku.promotionFen) : null,
    consignPrice: money('consign', sku.consignFen),
    jxhyPrice: money('jxhy', sku.jxhyFen),
    pfJxhyPrice: null,
    retailPrice: sku.retailFen === null ? undefined : money('retail', sku.retailFen),
    cargoNumber: draw.chance('has-cargo', 0.5) ? `HH-${offer.index}-${sku.position}` : null,
    skuAttributes: skuAttributes(offer, sku, language),
  };
}

function saleInfo(offer: Offer, goods: Goods): WireValue {
  const { draw } = offer;
  return {
    quoteType: offer.quoteType,
    amountOnSale: goods.stock,
    priceRangeList: goods.tiers.map((tier) => ({
      startQuantity: tier.startQuantity,
      price: wireYuan(draw, `tier-${tier.startQuantity}`, tier.priceFen),
      promotionPrice: wireYuanOrNull(draw, 'tier-promotion', tier.promotionFen),
    })),
    priceRanges: null,
    consignPrice: wireYuanOrNull(draw, 'consign', goods.consignFen),
    jxhyPrice: wireYuanOrNull(draw, 'jxhy', goods.jxhyFen),
    retailPrice: goods.retailFen === null ? undefined : wireYuan(draw, 'retail', goods.retailFen),
    unitInfo: { unit: goods.unit.zh, transUnit: goods.unit.en },
    fenxiaoSaleInfo: draw.chance('has-fenxiao', 0.3)
      ? { onePieceFreePostage: true, startQuantity: 1 }
      : undefined,
  };
}

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

function shippingInfo(offer: Offer, goods: Goods): WireValue {
  const { draw, seller } = offer;
  const size = (topic: string, n: number) => (1 + draw.int(topic, 400, n)) / 10;
  const isMeasured = draw.chance('measured', 0.6);
  return {
    sendGoodsAddressText: seller.province + seller.city,
    weight: isMeasured ? size('weight', 0) / 10 : null,
    width: isMeasured ? size('width', 0) : null,
    height: isMeasured ? size('height', 0) : null,
    length: isMeasured ? size('length', 0) : null,
    shippingTimeGuarantee: draw.pick('ships', ['shipIn24Hours', 'shipIn48Hours']),
    skuShippingInfoList: [],
    skuShippingDetails: goods.skus.map((sku) => ({
      skuId: sku.skuId,
      width: size('width', sku.position + 1),
      length: size('length', sku.position + 1),
      height: size('height', sku.position + 1),
      weight: size('weight', sku.position + 1) / 10,
      pkgSizeSource: '商家自填',
    })),
    pkgSizeSource: isMeasured ? '商家自填' : null,
  };
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

function tags(offer: Offer) {
  const { draw } = offer;
  const isJxhy = draw.chance('jxhy', 0.15, 0);
  return {
    isJxhy,
    isSelect: String(draw.chance('select', 0.2)),
    tagInfoList: [
      { key: 'isOnePsale', value: draw.chance('one-piece', 0.4) },
      { key: 'select', value: draw.chance('select', 0.2) },
      { key: 'noReason7DReturn', value: draw.chance('returns-7d', 0.7) },
    ],
    sellerMixSetting: { generalHunpi: draw.chance('mix', 0.5), mixAmount: 100, mixNumber: 2 },
    offerIdentities: ['tp_member'],
    sellingPoint: null,
    channelPrice: null,
  };
}

/** The payload of queryProductDetail (1688 docs queryProductDetail v1). */
export function detailOf(entry: Entry, language: string): WireValue {
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
    productSkuInfos: goods.skus.map((sku) => skuInfo(offer, sku, language)),
    productSaleInfo: saleInfo(offer, goods),
    productShippingInfo: shippingInfo(offer, goods),
    minOrderQuantity: goods.minOrderQuantity,
    batchNumber: draw.chance('batched', 0.2) ? 10 : null,
    status: state.status,
    sellerOpenId: seller.id,
    ...tags(offer),
    productCargoNumber: `A${offer.index}`,
    traceInfo: traceInfo(offer),
    soldOut: String(salesOf(offer, state).ever),
    sellerDataInfo: {
      ...sellerScores(seller),
      collect30DayWithin48HPercent: seller.draw.unit('collect').toFixed(4),
      qualityRefundWithin30Day: seller.draw.unit('refund').toFixed(4),
    },
    tradeScore: (4 + draw.int('trade-score', 11) / 10).toFixed(1),
    createDate: hasTime ? toNaiveTime(offer.createdAt) : toNaiveDate(offer.createdAt),
    companyName: draw.chance('has-company', 0.7) ? seller.companyName : undefined,
    promotionUrl: draw.chance('has-promotion-url', 0.5)
      ? `https://detail.1688.com/offer/${offer.offerId}.html`
      : undefined,
  };
}
