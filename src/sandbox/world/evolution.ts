import type { Offer } from './offers.ts';

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
  };
  /** The step of the last change that moved `modifyDate`; null: none did. */
  readonly modifiedAtStep: number | null;
}

interface Life {
  readonly versions: { price: number; stock: number; sales: number; subject: number; skus: number };
  goneAtStep: number | null;
  /** Whether the next event brings a gone offer back. */
  isComingBack: boolean;
  isOffSale: boolean;
  statusChanges: number;
  modifiedAtStep: number | null;
}

function drawEventKind(offer: Offer, nth: number): EventKind {
  const share = offer.draw.unit('event', nth);
  const kind = eventShares.find(([, limit]) => share < limit)?.[0] ?? 'vanish';
  // The only thing to order of an offer without SKUs is the offer.
  return kind === 'skus' && offer.quoteType === 0 ? 'price' : kind;
}

function applyEvent(offer: Offer, life: Life, nth: number, step: number): void {
  const { draw } = offer;
  if (life.goneAtStep !== null) {
    if (life.isComingBack) life.goneAtStep = null;
    return;
  }
  const kind = life.isOffSale && draw.chance('republished', 0.5, nth) ? 'status' : drawEventKind(offer, nth);
  if (kind === 'vanish') {
    life.goneAtStep = step;
    life.isComingBack = draw.chance('comes-back', 0.3, nth);
    return;
  }
  if (kind === 'status') {
    life.isOffSale = !life.isOffSale;
    life.statusChanges += 1;
  } else {
    life.versions[kind] += 1;
  }
  if (kind !== 'sales' && draw.chance('moves-date', 0.9, nth)) life.modifiedAtStep = step;
}

/** Steps from one event to the next: geometric, so that every step has the same chance. */
function gapTo(offer: Offer, nth: number): number {
  const rate = offer.changesPerStep;
  if (rate >= 1) return 1;
  return 1 + Math.floor(Math.log(1 - offer.draw.unit('gap', nth)) / Math.log(1 - rate));
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
    modifiedAtStep: life.modifiedAtStep,
  };
}

/**
 * The state of an offer at a step, from its own draws alone: the same at any time, in any order of asking.
 * Costs as many draws as the offer has had events.
 */
export function stateAt(offer: Offer, step: number): OfferState {
  const life: Life = {
    versions: { price: 0, stock: 0, sales: 0, subject: 0, skus: 0 },
    goneAtStep: offer.bornAtStep === 0 && offer.draw.chance('gone-from-start', 0.015) ? 0 : null,
    isComingBack: false,
    isOffSale: offer.draw.chance('off-sale-from-start', 0.02),
    statusChanges: 0,
    modifiedAtStep: offer.bornAtStep > 0 ? offer.bornAtStep : null,
  };
  if (offer.changesPerStep > 0) {
    let at = offer.bornAtStep + gapTo(offer, 0);
    for (let nth = 1; at <= step; nth++) {
      applyEvent(offer, life, nth, at);
      at += gapTo(offer, nth);
    }
  }
  return toState(offer, life, step);
}
