import { gapOf } from './gaps.ts';
import { followedShare, repricedShare, repricingsPerStep } from './nature.ts';
import type { Offer } from './offers.ts';
import type { Seller } from './sellers.ts';

/** What can happen to an offer in one step. */
type EventKind = 'price' | 'stock' | 'sales' | 'subject' | 'skus' | 'status' | 'vanish';

/** Cumulative shares of the kinds of events. */
const eventShares: readonly (readonly [EventKind, number])[] = [
  ['price', 0.46],
  ['stock', 0.7],
  ['sales', 0.82],
  ['subject', 0.87],
  ['skus', 0.93],
  ['status', 0.985],
  ['vanish', 1],
];

const offSaleStatuses = [
  'member expired',
  'auto expired',
  'expired',
  'member deleted',
  'deleted',
  'auditing',
  'TBD',
] as const;

/** How many steps an offer may still be listed after it is gone. */
const maxLagSteps = 3;

/** An offer that comes back does so within so many steps. */
const maxAwaySteps = 12;

/** What has happened to an offer up to and including one step of the world. */
export interface OfferState {
  /** The detail answer is empty. */
  readonly isGone: boolean;
  /** Search shows it. */
  readonly isListed: boolean;
  /** `published`, or one of 1688's other words. */
  readonly status: string;
  /** How often each part has changed; each value of a part follows from its version. */
  readonly versions: {
    readonly price: number;
    readonly stock: number;
    readonly sales: number;
    readonly subject: number;
    readonly skus: number;
    /** Minimum order and unit. */
    readonly terms: number;
  };
  /** The step of the last change of price; 0: there was none. */
  readonly pricedAtStep: number;
  /** The step of the last change that moved `modifyDate`; null: none did. */
  readonly modifiedAtStep: number | null;
}

interface Life {
  readonly versions: {
    price: number;
    stock: number;
    sales: number;
    subject: number;
    skus: number;
    terms: number;
  };
  pricedAtStep: number;
  goneAtStep: number | null;
  /** When a gone offer is there again; null: never. */
  backAtStep: number | null;
  isOffSale: boolean;
  statusChanges: number;
  modifiedAtStep: number | null;
}

/** Whether an event came the day after another one, as its follow-up. */
function isFollowUp(offer: Offer, nth: number): boolean {
  return nth > 1 && offer.isConsecutive && offer.draw.chance('next-day', followedShare, nth - 1);
}

function drawEventKind(offer: Offer, nth: number): EventKind {
  if (isFollowUp(offer, nth)) return 'price';
  const share = offer.draw.unit('event', nth);
  const kind = eventShares.find(([, limit]) => share < limit)?.[0] ?? 'vanish';
  // The only thing to order of an offer without SKUs is the offer.
  return kind === 'skus' && offer.quoteType === 0 ? 'price' : kind;
}

function comeBack(life: Life, step: number): void {
  if (life.backAtStep === null || life.backAtStep > step) return;
  life.modifiedAtStep = life.backAtStep;
  life.goneAtStep = null;
  life.backAtStep = null;
}

function vanish({ draw, nature }: Offer, life: Life, nth: number, step: number): void {
  life.goneAtStep = step;
  const isComingBack = draw.chance('comes-back', nature.relisting, nth);
  life.backAtStep = isComingBack ? step + 1 + draw.int('away', maxAwaySteps, nth) : null;
}

function applyEvent(offer: Offer, life: Life, nth: number, step: number): void {
  const { draw, nature } = offer;
  comeBack(life, step);
  if (life.goneAtStep !== null) return;
  const kind = life.isOffSale && draw.chance('republished', 0.5, nth) ? 'status' : drawEventKind(offer, nth);
  if (kind === 'vanish') {
    vanish(offer, life, nth, step);
    return;
  }
  if (kind === 'status') {
    life.isOffSale = !life.isOffSale;
    life.statusChanges += 1;
  } else {
    life.versions[kind] += 1;
    if (kind === 'price') life.pricedAtStep = step;
    if (kind === 'price' && draw.chance('terms', nature.terms, nth)) life.versions.terms += 1;
  }
  if (kind !== 'sales' && draw.chance('moves-date', 0.9, nth)) life.modifiedAtStep = step;
}

/** Its shop changes most prices at once. */
function reprice({ draw }: Offer, life: Life, nth: number, step: number): void {
  comeBack(life, step);
  if (life.goneAtStep !== null || !draw.chance('repriced', repricedShare, nth)) return;
  life.versions.price += 1;
  life.pricedAtStep = step;
  if (draw.chance('repriced-moves-date', 0.9, nth)) life.modifiedAtStep = step;
}

/** Steps from one event to the next. */
function gapTo(offer: Offer, nth: number): number {
  if (isFollowUp(offer, nth + 1)) return 1;
  return gapOf(offer.draw.unit('gap', nth), offer.eventsPerStep);
}

function repricingGap({ draw, isRepricing }: Seller, nth: number): number {
  return isRepricing ? gapOf(draw.unit('repricing', nth), repricingsPerStep) : Infinity;
}

/** Applies the offer's own events and those of its shop in the order of their steps. */
function live(offer: Offer, life: Life, step: number): void {
  let own = offer.bornAtStep + gapTo(offer, 0);
  let shop = repricingGap(offer.seller, 0);
  for (let [nth, shopNth] = [1, 1]; Math.min(own, shop) <= step;) {
    if (own <= shop) {
      applyEvent(offer, life, nth, own);
      own += gapTo(offer, nth++);
    } else {
      if (shop > offer.bornAtStep) reprice(offer, life, shopNth, shop);
      shop += repricingGap(offer.seller, shopNth++);
    }
  }
  comeBack(life, step);
}

/** Search forgets most gone offers within a few steps, and some never. */
function isForgotten({ draw }: Offer, goneAtStep: number | null, step: number): boolean {
  if (goneAtStep === null || draw.chance('never-forgotten', 0.2, goneAtStep)) return false;
  return step >= goneAtStep + draw.int('lag', maxLagSteps + 1, goneAtStep);
}

function toState(offer: Offer, life: Life, step: number): OfferState {
  const { draw } = offer;
  const status = life.isOffSale ? draw.pick('off-sale', offSaleStatuses, life.statusChanges) : 'published';
  const isHidden = life.isOffSale && draw.chance('hidden', 0.5, life.statusChanges);
  return {
    isGone: life.goneAtStep !== null,
    isListed: !isHidden && !isForgotten(offer, life.goneAtStep, step),
    status,
    versions: life.versions,
    pricedAtStep: life.pricedAtStep,
    modifiedAtStep: life.modifiedAtStep,
  };
}

/** The step at which an offer goes for good, whatever else happens to it. */
function departsAtStep({ draw, nature, bornAtStep }: Offer): number {
  return bornAtStep + gapOf(draw.unit('departs'), nature.departure);
}

/**
 * The state of an offer at a step, from its own draws and its shop's alone: the same at any time, in any order of
 * asking. Costs as many draws as the offer has had events.
 */
export function stateAt(offer: Offer, step: number): OfferState {
  const { draw, nature, bornAtStep } = offer;
  const isGoneFromStart = bornAtStep === 0 && draw.chance('gone-from-start', 0.015);
  const isComingBack = isGoneFromStart && draw.chance('comes-back', nature.relisting);
  const life: Life = {
    versions: { price: 0, stock: 0, sales: 0, subject: 0, skus: 0, terms: 0 },
    pricedAtStep: 0,
    goneAtStep: isGoneFromStart ? 0 : null,
    backAtStep: isComingBack ? 1 + draw.int('away', maxAwaySteps) : null,
    isOffSale: draw.chance('off-sale-from-start', 0.02),
    statusChanges: 0,
    modifiedAtStep: bornAtStep > 0 ? bornAtStep : null,
  };
  const departs = departsAtStep(offer);
  live(offer, life, Math.min(step, departs - 1));
  if (departs <= step) life.goneAtStep ??= departs;
  return toState(offer, life, step);
}
