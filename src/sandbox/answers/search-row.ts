import { imageUrl } from './images.ts';
import { wireYuan, wireYuanOrNull } from './money.ts';
import {
  categoryFields,
  modifiedAt,
  promotionModel,
  salesOf,
  traceInfo,
  tradeScore,
} from './offer-fields.ts';
import { sellerIdentities, sellerScores } from './seller-scores.ts';
import { goodsOf, type Goods } from '../world/goods.ts';
import { subjectIn, subjectOf } from '../world/texts.ts';
import type { Offer } from '../world/offers.ts';
import type { Entry } from '../world/entry.ts';
import type { World } from '../world/world.ts';
import { toNaiveTime } from '../wire-time.ts';

/** `value` with a probability, otherwise the key is absent, as optional keys of 1688 are. */
function sometimes<T>(offer: Offer, key: string, probability: number, value: T): T | undefined {
  return offer.draw.chance(`has-${key}`, probability) ? value : undefined;
}

function percent(offer: Offer, topic: string): string {
  return offer.draw.chance(`${topic}-empty`, 0.1) ? '' : `${(offer.draw.unit(topic) * 100).toFixed(2)}%`;
}

function priceInfo({ draw }: Offer, goods: Goods) {
  const { searchFen, searchPromotionFen } = goods;
  return {
    price: searchFen === null ? null : wireYuan(draw, 'row-price', searchFen),
    consignPrice:
      goods.searchConsignFen === null ? undefined : wireYuan(draw, 'row-consign', goods.searchConsignFen),
    jxhyPrice: wireYuanOrNull(draw, 'row-jxhy', goods.jxhyFen),
    pfJxhyPrice: wireYuanOrNull(draw, 'row-pf-jxhy', goods.jxhyWholesaleFen),
    promotionPrice: wireYuanOrNull(draw, 'row-promotion', searchPromotionFen),
  };
}

function shippingInfo(offer: Offer) {
  return {
    shippingTimeGuarantee: offer.draw.pick('ships', ['shipIn24Hours', 'shipIn48Hours']),
    perfectFulfillmentRate30d: percent(offer, 'fulfilled-30'),
    pickupWithin24hRate30d: percent(offer, 'pickup-30'),
    qualityReturnRate30d: percent(offer, 'returned-30'),
    perfectFulfillmentRate7d: percent(offer, 'fulfilled-7'),
    pickupWithin24hRate7d: percent(offer, 'pickup-7'),
    delayedShippingRate7d: percent(offer, 'delayed-7'),
  };
}

function popularity(entry: Entry) {
  const { offer, state } = entry;
  const { month } = salesOf(offer, state);
  return {
    repurchaseRate: sometimes(offer, 'repurchaseRate', 0.95, `${offer.draw.int('repurchase', 60)}%`),
    monthSold: month,
    sales7d: String(Math.floor(month / 4)),
    tradeScore: sometimes(offer, 'tradeScore', 0.85, tradeScore(offer)),
    productTradeInfo: {
      addCartCount7d: String(Math.floor(month / 3)),
      payBuyerCount7d: String(Math.floor(month / 8)),
      addCartCount30d: String(month),
      payBuyerCount30d: String(Math.floor(month / 2)),
    },
  };
}

function badges(offer: Offer) {
  const { draw } = offer;
  return {
    isJxhy: draw.chance('jxhy', 0.15, 0),
    // A stray name of a Java getter, seen beside and instead of the documented one.
    [draw.chance('stray-key', 0.2) ? 'onePsale' : 'isOnePsale']: draw.chance('one-piece', 0.4),
    isSelect: draw.chance('select', 0.2),
    isPatentProduct: draw.chance('patent', 0.05),
    sellerIdentities: sellerIdentities(offer.seller) ?? undefined,
    offerIdentities: draw.chance('select', 0.2) ? ['select'] : [],
  };
}

/** What the rows of all searches have in common. */
function commonFields(world: World, entry: Entry, language: string) {
  const { offer, state } = entry;
  const goods = goodsOf(offer, state);
  return {
    imageUrl: imageUrl(offer, 0),
    subject: subjectOf(offer, state),
    subjectTrans: sometimes(offer, 'subjectTrans', 0.97, subjectIn(offer, state, language)),
    offerId: BigInt(offer.offerId),
    priceInfo: priceInfo(offer, goods),
    ...badges(offer),
    createDate: toNaiveTime(offer.createdAt),
    modifyDate: modifiedAt(world, offer, state),
    traceInfo: traceInfo(offer),
  };
}

/** One element of `data` in the answer of keywordQuery (1688 docs keywordQuery v1). */
export function searchRow(world: World, entry: Entry, language: string) {
  const { offer, state } = entry;
  const goods = goodsOf(offer, state);
  const { seller, nature } = offer;
  return {
    ...commonFields(world, entry, language),
    ...popularity(entry),
    whiteImage: sometimes(offer, 'whiteImage', 0.5, imageUrl(offer, 1)),
    promotionModel: promotionModel(goods),
    minOrderQuantity: goods.minOrderQuantity,
    ...categoryFields(offer),
    sellerDataInfo: { ...sellerScores(seller, nature), tpYear: 1 + seller.draw.int('years', 15) },
    productSimpleShippingInfo: shippingInfo(offer),
    invoiceInfo: sometimes(offer, 'invoiceInfo', 0.5, {
      supportOnlineInvoice: true,
      supportFastInvoice: false,
      invoiceTypes: ['普票', '专票'],
      taxpayerType: '一般纳税人',
    }),
    token: offer.draw.bits('token').toString(16),
    promotionURL: `https://detail.1688.com/offer/${offer.offerId}.html`,
  };
}

/**
 * The shorter row of querySellerOfferList, whose `isSelect` is text (1688 docs querySellerOfferList v1). Neither
 * documented nor real ones have categories, a minimum order, a promotion or anything of the shop.
 */
export function sellerRow(world: World, entry: Entry, language: string) {
  const { repurchaseRate, monthSold } = popularity(entry);
  const common = commonFields(world, entry, language);
  return { ...common, isSelect: String(common.isSelect), repurchaseRate, monthSold };
}

/** The longer row of imageQuery (1688 docs imageQuery v1). */
export function imageRow(world: World, entry: Entry, language: string) {
  const { offer } = entry;
  const { companyName, province, city } = offer.seller;
  return {
    ...searchRow(world, entry, language),
    companyName,
    companyAddress: province + city,
    offerDataInfo: {
      offerApplauseRate: percent(offer, 'applause'),
      kjFeaturedServices: null,
      qualityRfdRate30d: percent(offer, 'refunded-30'),
      repurchaseRate30d: percent(offer, 'repurchased-30'),
      pickupRate24h30d: percent(offer, 'pickup-24h'),
    },
  };
}
