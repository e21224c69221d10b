import { defaultNature, type Nature } from '../../src/sandbox/world/nature.ts';
import { Draw } from '../../src/sandbox/world/draw.ts';
import type { OfferState } from '../../src/sandbox/world/evolution.ts';
import type { Offer } from '../../src/sandbox/world/offers.ts';

/**
 * Randomness that a test writes down: from 0 up to, not including, 1, by topic, or by topic and number (`'size 2'`). What
 * is not written is nearly 1: nothing rare is so, and of a list it is the last.
 */
export class WrittenDraw extends Draw {
  readonly #units: Readonly<Record<string, number>>;

  constructor(units: Readonly<Record<string, number>>) {
    super(0);
    this.#units = units;
  }

  override child(): Draw {
    return this;
  }

  override bits(topic: string, n = 0): number {
    return this.unit(topic, n) * 2 ** 32;
  }

  override unit(topic: string, n = 0): number {
    return this.#units[`${topic} ${n}`] ?? this.#units[topic] ?? 0.999;
  }
}

type Drafted = Partial<Omit<Offer, 'nature'>> & { readonly nature?: Partial<Nature> };

/** Offer number 5, priced by SKU, with what a test says of it. */
export function draftOffer(units: Readonly<Record<string, number>>, fields: Drafted = {}): Offer {
  const draw = new WrittenDraw(units);
  return {
    index: 5,
    offerId: '610005000015',
    category: {
      ...{ id: '124000000', parentId: '1030000', level: 3, name: '夏季连衣裙', nameEnglish: 'summer dress' },
      ...{ isLeaf: true, isRetired: false, path: ['10100', '1030000', '124000000'], weight: 1 },
    },
    seller: { id: 'BBBx', companyName: '优品', province: '浙江省', city: '义乌市', isRepricing: false, draw },
    quoteType: 1,
    changesPerStep: 1,
    eventsPerStep: 1,
    isConsecutive: false,
    bornAtStep: 0,
    createdAt: Date.parse('2026-10-01T16:00:00Z'),
    draw,
    ...fields,
    nature: { ...defaultNature, ...fields.nature },
  };
}

/** The state of an offer to which nothing has happened, but for what a test says. */
export function draftState(
  versions: Partial<OfferState['versions']> = {},
  fields: Partial<OfferState> = {},
): OfferState {
  return {
    ...{ isGone: false, isListed: true, status: 'published', pricedAtStep: 0, modifiedAtStep: null },
    ...fields,
    versions: { price: 0, stock: 0, sales: 0, subject: 0, skus: 0, terms: 0, ...versions },
  };
}
