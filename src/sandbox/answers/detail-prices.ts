import { imageUrl } from './images.ts';
import { wireYuan, wireYuanOrNull } from './money.ts';
import type { WireValue } from '../wire-json.ts';
import { isDistributed, type ChannelPrices, type Goods, type Sku } from '../world/goods.ts';
import type { Offer } from '../world/offers.ts';
import { translate } from '../world/texts.ts';
import type { Term } from '../world/vocabulary.ts';

/** What a detail is asked for in. */
export interface Language {
  /** 1688's code; one it does not know gives Chinese. */
  readonly name: string;
  /** Null: no foreign prices. */
  readonly currency: string | null;
}

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

/** What buyers of other countries see, about; only those who name a currency get it. */
function foreignPrice(language: Language, fen: number | null, key = 'foreignCurrencyPrice') {
  return language.currency === null || fen === null ? {} : { [key]: Math.round(fen * 0.14) / 100 };
}

/** The prices of an offer or SKU for resellers; absent where it has none. */
function resalePrices({ draw }: Offer, place: string, { dropshipFen, distributionFen }: ChannelPrices) {
  const money = (topic: string, fen: number | null) =>
    fen === null ? undefined : wireYuan(draw, `${place}-${topic}`, fen);
  const prices = {
    onePiecePrice: money('one-piece', dropshipFen),
    offerPrice: money('offer', distributionFen),
  };
  return dropshipFen === null && distributionFen === null ? undefined : prices;
}

/** An element of `productSkuInfos`. */
export function skuInfo(offer: Offer, sku: Sku, language: Language): WireValue {
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
    pfJxhyPrice: money('pf-jxhy', sku.jxhyWholesaleFen),
    ...foreignPrice(language, isPricedBySku ? sku.priceFen : null),
    ...foreignPrice(language, isPricedBySku ? sku.promotionFen : null, 'foreignCurrencyPromotionPrice'),
    fenxiaoPriceInfo: resalePrices(offer, 'sku', sku),
    retailPrice: sku.retailFen === null ? undefined : money('retail', sku.retailFen),
    cargoNumber: draw.chance('has-cargo', 0.5) ? `HH-${offer.index}-${sku.position}` : null,
    skuAttributes: skuAttributes(offer, sku, language.name),
  };
}

/** `productSaleInfo`. */
export function saleInfo(offer: Offer, goods: Goods, language: Language): WireValue {
  const { draw } = offer;
  return {
    quoteType: offer.quoteType,
    amountOnSale: goods.stock,
    priceRangeList: goods.tiers.map((tier) => ({
      startQuantity: tier.startQuantity,
      price: wireYuan(draw, `tier-${tier.startQuantity}`, tier.priceFen),
      promotionPrice: wireYuanOrNull(draw, 'tier-promotion', tier.promotionFen),
      ...foreignPrice(language, tier.priceFen),
      ...foreignPrice(language, tier.promotionFen, 'foreignCurrencyPromotionPrice'),
    })),
    priceRanges: null,
    consignPrice: wireYuanOrNull(draw, 'consign', goods.consignFen),
    jxhyPrice: wireYuanOrNull(draw, 'jxhy', goods.jxhyFen),
    ...foreignPrice(language, goods.tiers[0]?.priceFen ?? null),
    retailPrice: goods.retailFen === null ? undefined : wireYuan(draw, 'retail', goods.retailFen),
    unitInfo: { unit: goods.unit.zh, transUnit: goods.unit.en },
    fenxiaoSaleInfo: isDistributed(offer)
      ? {
          onePieceFreePostage: true,
          startQuantity: goods.distributionStart,
          ...resalePrices(offer, 'sale', goods),
        }
      : undefined,
  };
}
