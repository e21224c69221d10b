/** How a world is, beside its sizes. All are shares from 0 to 1; `birth`, `departure` and `rise` are shares of one step. */
export interface Nature {
  /** Of the changing offers, those of which half of the changes are followed by a change of price on the next day. */
  readonly consecutive: number;
  /** Of the shops, those that change most of their prices on one day, once in twenty steps. */
  readonly repricing: number;
  /** New offers, of those at the start. */
  readonly birth: number;
  /** Offers that are gone for good, whatever their rate of change. */
  readonly departure: number;
  /** Of the offers that disappear by a change, those that come back within twelve steps. */
  readonly relisting: number;
  /** Of the stocks that are counted anew, those that are 0. */
  readonly soldOut: number;
  /** Of the changes of price, those that bring another minimum order or another unit. */
  readonly terms: number;
  /** Of a price, what everything gets dearer by in a step; an offer follows when its price changes next. */
  readonly rise: number;
  /** Of the offers, those whose search row shows another price than the detail. */
  readonly rowPrice: number;
  /** Of the offers priced by SKU, those that sell one piece at the retail price, and two or more at the SKU's. */
  readonly retailModel: number;
  /** Of the offers, those whose row has a dropshipping price far above the price. */
  readonly highConsign: number;
  /** Of the scores of shops and offers, those that are 0.0: nobody has rated yet. */
  readonly unrated: number;
  /** Of the shops, those with half a level of the trade medal. */
  readonly halfMedals: number;
  /** Of the titles, those longer than 500 characters. */
  readonly longTitles: number;
  /** Of the pictures, those that 1688 has translated and keeps in a bucket of Alibaba Cloud. */
  readonly bucketImages: number;
  /** Of the branches of the tree, those of which the category API does not say the level. */
  readonly unlevelled: number;
}

/** Nobody has measured these at 1688, but for relisting and stock-outs being common. */
export const defaultNature: Nature = {
  consecutive: 0.15,
  repricing: 0.05,
  birth: 0.001,
  departure: 0.0005,
  relisting: 0.3,
  soldOut: 0.04,
  terms: 0.05,
  rise: 0,
  rowPrice: 0,
  retailModel: 0.1,
  highConsign: 0.03,
  unrated: 0.1,
  halfMedals: 0.05,
  longTitles: 0,
  bucketImages: 0.03,
  unlevelled: 0.1,
};

/** How often a shop of `repricing` does it. */
export const repricingsPerStep = 1 / 20;

/** Share of its offers that it reaches. */
export const repricedShare = 0.8;

/** Share of the changes of a `consecutive` offer that are followed by another one on the next day. */
export const followedShare = 0.5;

/** @throws RangeError when a name is not known, or a value is no share */
export function settleNature(given: Partial<Nature>): Nature {
  for (const [name, share] of Object.entries(given)) {
    if (!Object.hasOwn(defaultNature, name))
      throw new RangeError(`nature is one of ${Object.keys(defaultNature).join(', ')}, not ${name}`);
    if (!(share >= 0 && share <= 1))
      throw new RangeError(`${name} must be a share from 0 to 1, not ${share}`);
  }
  return { ...defaultNature, ...given };
}
