import { dayMs } from '../../core/duration.ts';
import { plainYuan } from '../answers/money.ts';
import type { Category } from '../world/categories.ts';
import { goodsOf, type ChannelPrices, type Goods } from '../world/goods.ts';
import { subjectOf } from '../world/texts.ts';
import type { Entry } from '../world/entry.ts';
import type { World } from '../world/world.ts';
import { listReach, type Feeds } from './reach.ts';

interface TrueCategory {
  readonly id: string;
  readonly parentId: string;
  readonly level: number;
  readonly name: string;
  readonly isLeaf: boolean;
  readonly isRetired: boolean;
}

/** Fields are null where no answer of now shows them: a gone offer is known from its search row alone. */
interface TrueOffer {
  readonly id: string;
  readonly categoryId: string;
  readonly subject: string;
  readonly state: 'listed' | 'delisted' | 'gone';
  /** Search shows it. */
  readonly isListed: boolean;
  readonly status: string | null;
  readonly quoteType: 0 | 1 | 2 | null;
  readonly unit: string | null;
  readonly moq: number;
  readonly stock: number | null;
  readonly sellerId: string | null;
  /** Expected changes a day, over the offer's whole life. */
  readonly rate: number;
}

interface TrueSku {
  readonly offerId: string;
  readonly skuId: string;
  readonly stock: number;
  readonly attributes: readonly { readonly id: string; readonly name: string; readonly value: string }[];
}

type PriceKind =
  | 'list'
  | 'plus'
  | 'promotion'
  | 'dropship'
  | 'distribution'
  | 'retail'
  | 'consign'
  | 'jxhy'
  | 'jxhy_wholesale'
  | 'search'
  | 'search_consign'
  | 'search_promotion'
  | 'search_jxhy'
  | 'search_jxhy_wholesale';

/** Key: all but the amount. The amount is in yuan, without trailing zeros. */
interface TruePrice {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: PriceKind;
  readonly minQuantity: number;
  readonly amount: string;
}

/** What a perfect catalog holds of some feeds at one time. Rows are made as they are read. */
export interface Truth {
  readonly step: number;
  categories(): Iterable<TrueCategory>;
  offers(): Iterable<TrueOffer>;
  skus(): Iterable<TrueSku>;
  prices(): Iterable<TruePrice>;
}

export interface TruthQuery {
  readonly feeds: Feeds;
  /** In milliseconds. */
  readonly at: number;
  /** Every offer that was ever born, whether the feeds reach it or not. */
  readonly isWhole: boolean;
}

function trueCategory(node: Category): TrueCategory {
  const { id, parentId, level, name, isLeaf, isRetired } = node;
  return { id, parentId, level, name, isLeaf, isRetired };
}

function trueOffer(entry: Entry, stepMs: number): TrueOffer {
  const { offer, state } = entry;
  const goods = goodsOf(offer, state);
  const known = !state.isGone;
  return {
    id: offer.offerId,
    categoryId: offer.category.id,
    subject: subjectOf(offer, state),
    state: state.isGone ? 'gone' : state.status === 'published' ? 'listed' : 'delisted',
    isListed: state.isListed,
    status: known ? state.status : null,
    quoteType: known ? offer.quoteType : null,
    unit: known ? goods.unit.zh : null,
    moq: goods.minOrderQuantity,
    stock: known ? goods.stock : null,
    sellerId: known ? offer.seller.id : null,
    rate: (offer.changesPerStep * dayMs) / stepMs,
  };
}

function trueSkus({ offer, state }: Entry): readonly TrueSku[] {
  if (state.isGone) return [];
  return goodsOf(offer, state).skus.map(({ skuId, stock, color, size }) => ({
    offerId: offer.offerId,
    skuId,
    stock,
    attributes: [
      { id: '3216', name: '颜色', value: color.zh },
      ...(size === null ? [] : [{ id: '450', name: '尺码', value: size.zh }]),
    ],
  }));
}

/** One price point before its amount is known to exist. */
type Point = readonly [skuId: string, kind: TruePrice['kind'], minQuantity: number, fen: number | null];

function channelPoints(skuId: string, prices: ChannelPrices, distributionStart: number): readonly Point[] {
  return [
    [skuId, 'consign', 1, prices.consignFen],
    [skuId, 'jxhy', 1, prices.jxhyFen],
    // The answer has it by SKU only.
    [skuId, 'jxhy_wholesale', 1, skuId === '0' ? null : prices.jxhyWholesaleFen],
    [skuId, 'retail', 1, prices.retailFen],
    [skuId, 'dropship', 1, prices.dropshipFen],
    [skuId, 'distribution', distributionStart, prices.distributionFen],
  ];
}

/** By quantity for quote types 0 and 2, by SKU for 1; whatever else the answer holds is not a price. */
function listPoints(quoteType: 0 | 1 | 2, goods: Goods): readonly Point[] {
  const promotion = goods.promotionType ?? 'promotion';
  if (quoteType !== 1) {
    return goods.tiers.flatMap((tier): readonly Point[] => [
      ['0', 'list', tier.startQuantity, tier.priceFen],
      ['0', promotion, tier.startQuantity, tier.promotionFen],
    ]);
  }
  const { skuStart } = goods;
  return goods.skus.flatMap((sku): readonly Point[] => [
    ...(skuStart > 1 && sku.priceFen !== null ? [[sku.skuId, 'list', 1, sku.retailFen] as const] : []),
    [sku.skuId, 'list', skuStart, sku.priceFen],
    [sku.skuId, promotion, skuStart, sku.promotionFen],
  ]);
}

function truePrices({ offer, state }: Entry): readonly TruePrice[] {
  const goods = goodsOf(offer, state);
  const { distributionStart } = goods;
  const detail = state.isGone
    ? []
    : [
        ...listPoints(offer.quoteType, goods),
        ...channelPoints('0', goods, distributionStart),
        ...goods.skus.flatMap((sku) => channelPoints(sku.skuId, sku, distributionStart)),
      ];
  const search: readonly Point[] = state.isListed
    ? [
        ['0', 'search', 1, goods.searchFen],
        ['0', 'search_consign', 1, goods.searchConsignFen],
        ['0', 'search_promotion', 1, goods.searchPromotionFen],
        ['0', 'search_jxhy', 1, goods.jxhyFen],
        ['0', 'search_jxhy_wholesale', 1, goods.jxhyWholesaleFen],
      ]
    : [];
  return [...detail, ...search].flatMap(([skuId, kind, minQuantity, fen]) =>
    fen === null ? [] : [{ offerId: offer.offerId, skuId, kind, minQuantity, amount: plainYuan(fen) }],
  );
}

/** Every number below `count`, as often as one asks. */
function range(count: number): Iterable<number> {
  return {
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield i;
    },
  };
}

/** Looks at the world from outside, at any time: not through the answers, and not at a price of calls. */
export function readTruth(world: World, query: TruthQuery): Truth {
  const step = world.stepAt(query.at);
  const snapshot = world.snapshot(step);
  const reached = query.isWhole ? range(snapshot.count) : listReach(world, snapshot, query.feeds);
  const entries = function* () {
    for (const index of reached) yield snapshot.entryAt(index);
  };
  const nodes = new Set(query.feeds.categories.flatMap((root) => world.categories.subtree(root)));
  return {
    step,
    categories: () => [...nodes].map(trueCategory),
    offers: function* () {
      for (const entry of entries()) yield trueOffer(entry, world.stepMs);
    },
    skus: function* () {
      for (const entry of entries()) yield* trueSkus(entry);
    },
    prices: function* () {
      for (const entry of entries()) yield* truePrices(entry);
    },
  };
}
