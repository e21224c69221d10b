import type { NonEmpty } from './draw.ts';
import type { OfferState } from './evolution.ts';
import type { Offer } from './offers.ts';
import { colorTerms, sizeTerms, unitTerms, type Term } from './vocabulary.ts';

/** A price for buyers of at least `startQuantity` units; money in fen. */
interface Tier {
  readonly startQuantity: number;
  readonly priceFen: number;
  readonly promotionFen: number | null;
}

/** Prices of resale channels in fen; null where the offer does not take part. */
export interface ChannelPrices {
  readonly consignFen: number | null;
  readonly jxhyFen: number | null;
  readonly jxhyWholesaleFen: number | null;
  readonly retailFen: number | null;
  /** One piece for a reseller's customer, postage included. */
  readonly dropshipFen: number | null;
  /** For resellers who take `Goods.distributionStart` pieces or more. */
  readonly distributionFen: number | null;
}

export interface Sku extends ChannelPrices {
  /** Thirteen digits, or a few beyond 2^53. */
  readonly skuId: string;
  /** Position in the offer's whole assortment, present or not. */
  readonly position: number;
  readonly color: Term;
  readonly size: Term | null;
  readonly stock: number;
  readonly priceFen: number | null;
  readonly promotionFen: number | null;
}

/** Everything about an offer at a step that has a number in it. */
export interface Goods extends ChannelPrices {
  readonly minOrderQuantity: number;
  readonly unit: Term;
  readonly stock: number;
  /** Price by quantity; rules for quote types 0 and 2, decoration for some offers of type 1. */
  readonly tiers: readonly Tier[];
  readonly skus: readonly Sku[];
  /** From how many units on the SKUs' prices hold: 2 where one piece costs the retail price. */
  readonly skuStart: 1 | 2;
  /** Whose the promotion prices are; null: 1688 does not say. */
  readonly promotionType: 'plus' | null;
  readonly hasPromotion: boolean;
  /** From how many units on the distribution price holds. */
  readonly distributionStart: number;
  /** What a search row shows; null where no price is known. */
  readonly searchFen: number | null;
  /** What a search row shows as the dropshipping price. */
  readonly searchConsignFen: number | null;
  /** What a search row shows as the price of members or of a promotion. */
  readonly searchPromotionFen: number | null;
}

/**
 * A whole number near `base` that differs between any two consecutive versions: its last digit is the version's.
 */
function versioned(base: number, version: number): number {
  return Math.max(1, Math.round(base / 10)) * 10 + (version % 10);
}

/** Fen from 100 (1 yuan) to about 50,000, small ones being more common, at the level of when it was last changed. */
function baseFen({ draw, nature }: Offer, { versions, pricedAtStep }: OfferState): number {
  const base = 100 * 500 ** (draw.unit('price') ** 1.5) * (1 + nature.rise) ** pricedAtStep;
  return versions.price === 0 ? base : base * (0.8 + 0.45 * draw.unit('swing', versions.price));
}

const hasPromotion = ({ draw }: Offer): boolean => draw.chance('promotion', 0.35);

function promotionOf(offer: Offer, priceFen: number): number | null {
  return hasPromotion(offer) ? Math.max(1, Math.round(priceFen * 0.95)) : null;
}

/** One piece at the retail price, more at the SKU's. */
const isRetail = ({ draw, quoteType, nature }: Offer): boolean =>
  quoteType === 1 && draw.chance('retail-model', nature.retailModel);

/** Whether resellers get prices of their own. */
export const isDistributed = ({ draw }: Offer): boolean => draw.chance('has-fenxiao', 0.3);

/** `place` 0 is the offer itself, the others are its SKUs. */
function channelPrices(offer: Offer, priceFen: number, place: number): ChannelPrices {
  const { draw } = offer;
  const hasJxhy = draw.chance('jxhy', 0.15, place);
  const sometimes = (isSo: boolean, factor: number) => (isSo ? Math.round(priceFen * factor) : null);
  const isResold = isDistributed(offer) && draw.chance('resold', 0.8, place);
  return {
    consignFen: sometimes(draw.chance('consign', 0.5, place), 1.2),
    jxhyFen: sometimes(hasJxhy, 0.9),
    jxhyWholesaleFen: sometimes(hasJxhy && draw.chance('jxhy-wholesale', 0.3, place), 0.85),
    retailFen: sometimes(isRetail(offer) || draw.chance('retail', 0.6, place), 1.8),
    dropshipFen: sometimes(isResold, 1.3),
    distributionFen: sometimes(isResold && draw.chance('distributed', 0.7, place), 1.05),
  };
}

/** Quantities at which the price falls, as multiples of the minimum order. */
const tierSteps = [1, 10, 50] as const;

function listTiers(offer: Offer, state: OfferState, minOrderQuantity: number): readonly Tier[] {
  const { draw, quoteType } = offer;
  // Of the retail model they say from where on the SKUs' prices hold.
  if (quoteType === 1 && !isRetail(offer) && draw.chance('no-tiers', 0.5)) return [];
  const count = quoteType === 1 ? 1 : 1 + draw.int('tiers', tierSteps.length);
  const start = isRetail(offer) ? 2 : minOrderQuantity;
  const base = baseFen(offer, state);
  return tierSteps.slice(0, count).map((multiple, i) => {
    const priceFen = versioned(base * (1 - i * 0.07), state.versions.price);
    const promotionFen = promotionOf(offer, priceFen);
    return { startQuantity: start * multiple, priceFen, promotionFen };
  });
}

/**
 * Which of the assortment's positions are on offer. Each version leaves out another one, every second
 * version two: so that SKUs come and go.
 */
function positionsOnOffer(offer: Offer, version: number): readonly number[] {
  const usual = 1 + Math.floor(offer.draw.unit('skus') ** 2 * 10);
  const assortment = usual + 1;
  const stride = 1 + offer.draw.int('sku-stride', usual);
  const first = (usual + version * stride) % assortment;
  const second = version % 2 === 1 && usual > 1 ? (first + 1) % assortment : first;
  return Array.from({ length: assortment }, (_, i) => i).filter((i) => i !== first && i !== second);
}

/**
 * Thirteen digits as 1688 has them; one offer in forty has ids beyond 2^53 that are odd, so that reading them
 * as doubles changes them.
 */
function skuIdAt(offer: Offer, position: number): string {
  const n = BigInt(offer.index * 64 + position);
  const isHuge = offer.draw.chance('huge-ids', 1 / 40);
  return String(isHuge ? 9_007_199_254_740_993n + 2n * n : 4_800_000_000_000n + 7n * n);
}

/** Whether the stock at a place is 0: never twice in a row, so that each version differs from the one before. */
function isSoldOut({ draw, nature }: Offer, place: number, version: number): boolean {
  const isDrawn = (nth: number) => nth >= 0 && draw.chance('sold-out', nature.soldOut, place * 1000 + nth);
  return isDrawn(version) && !(version > 0 && isDrawn(version - 1));
}

/** Place 0 is the offer as a whole, when it has no SKUs or when all of them are sold out; the others are its SKUs. */
function stockAt(offer: Offer, { versions }: OfferState, place: number, below: number): number {
  const version = versions.stock;
  if (isSoldOut(offer, 0, version) || isSoldOut(offer, place, version)) return 0;
  const topic = place === 0 ? version : (place - 1) * 1000 + version;
  return versioned(offer.draw.int('stock', below, topic), version);
}

function stockSkuAt(offer: Offer, state: OfferState, position: number): Sku {
  const { draw, quoteType } = offer;
  const factor = 1 + 0.06 * draw.int('sku-price', 6, position);
  const ownFen = versioned(baseFen(offer, state) * factor, state.versions.price);
  const isPriced = quoteType === 1 && !draw.chance('unpriced', 0.03, position);
  const hasSizes = draw.chance('has-sizes', 0.5);
  return {
    skuId: skuIdAt(offer, position),
    position,
    color: colorTerms[position % colorTerms.length] ?? colorTerms[0],
    size: hasSizes ? draw.pick('size', sizeTerms, position) : null,
    stock: stockAt(offer, state, position + 1, 5000),
    priceFen: isPriced ? ownFen : null,
    promotionFen: isPriced ? promotionOf(offer, ownFen) : null,
    ...channelPrices(offer, ownFen, position + 1),
  };
}

function lowest(prices: readonly (number | null)[]): number | null {
  const known = prices.filter((price) => price !== null);
  return known.length === 0 ? null : Math.min(...known);
}

const minOrderQuantities = [1, 1, 1, 2, 2, 3, 5, 10, 20, 50] as const;
const distinctQuantities = [1, 2, 3, 5, 10, 20, 50] as const;

/** An element of a list that is another one in each version: a stride through the list, from a start. */
function strideThrough<T>(list: NonEmpty<T>, start: number, stride: number, version: number): T {
  return list[(start + version * stride) % list.length] ?? list[0];
}

/** Every third change of terms brings another unit, the others another minimum order. */
function termsOf(offer: Offer, { versions }: OfferState): Pick<Goods, 'minOrderQuantity' | 'unit'> {
  const { draw } = offer;
  const unitVersion = Math.floor(versions.terms / 3);
  const first = distinctQuantities.indexOf(draw.pick('moq', minOrderQuantities));
  return {
    minOrderQuantity: isRetail(offer)
      ? 1
      : strideThrough(
          distinctQuantities,
          first,
          1 + draw.int('moq-stride', distinctQuantities.length - 1),
          versions.terms - unitVersion,
        ),
    unit: strideThrough(
      unitTerms,
      draw.int('unit', unitTerms.length),
      1 + draw.int('unit-stride', unitTerms.length - 1),
      unitVersion,
    ),
  };
}

/** What a search row shows: the lowest price of the detail, or by the world's nature one that no detail has. */
function rowFen({ draw, nature }: Offer, fen: number | null): number | null {
  const isAnother = fen !== null && draw.chance('row-price', nature.rowPrice);
  return isAnother ? Math.max(1, Math.round(fen * 0.9)) : fen;
}

/** The dropshipping price of a row: the detail's, now and then a multiple of the price. */
function rowConsignFen({ draw, nature }: Offer, searchFen: number | null, consignFen: number | null) {
  const isHigh = searchFen !== null && draw.chance('high-consign', nature.highConsign);
  return isHigh ? Math.round(searchFen * 5.4) : consignFen;
}

/** What an offer holds at the state it is in. */
export function goodsOf(offer: Offer, state: OfferState): Goods {
  const { draw, quoteType } = offer;
  const terms = termsOf(offer, state);
  const tiers = listTiers(offer, state, terms.minOrderQuantity);
  const positions = quoteType === 0 ? [] : positionsOnOffer(offer, state.versions.skus);
  const skus = positions.map((position) => stockSkuAt(offer, state, position));
  const lowestFen = quoteType === 1 ? lowest(skus.map((sku) => sku.priceFen)) : (tiers[0]?.priceFen ?? null);
  const searchFen = rowFen(offer, lowestFen);
  const channels = channelPrices(offer, baseFen(offer, state), 0);
  return {
    ...terms,
    stock: quoteType === 0 ? stockAt(offer, state, 0, 20_000) : skus.reduce((sum, sku) => sum + sku.stock, 0),
    // The ranges beside prices by SKU repeat their extremes: without a price there is nothing to repeat.
    tiers: lowestFen === null ? [] : tiers,
    skus,
    skuStart: isRetail(offer) ? 2 : 1,
    hasPromotion: hasPromotion(offer),
    promotionType: hasPromotion(offer) && !draw.chance('untyped-promotion', 0.1) ? 'plus' : null,
    distributionStart: draw.pick('distribution-start', [1, 1, 2, 5]),
    searchFen,
    searchConsignFen: rowConsignFen(offer, searchFen, channels.consignFen),
    searchPromotionFen: searchFen === null ? null : promotionOf(offer, searchFen),
    ...channels,
  };
}
