import { dayMs } from '../../src/core/duration.ts';
import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { readTruth } from '../../src/sandbox/control/truth.ts';
import { createWorld, type World } from '../../src/sandbox/world/world.ts';
import { detailsOnly } from '../planner/details-suite.ts';
import { PlannerPolicy } from '../planner/planner-policy.ts';
import { readSandboxWorld } from '../planner/sandbox-world.ts';
import { simulate } from '../planner/simulate.ts';
import type { Site } from '../planner/site.ts';

export interface ObserveOptions {
  readonly seed: number;
  readonly offers: number;
  readonly days: number;
  /** Calls of a day, as a share of the offers. */
  readonly share: number;
  /** Search pages too, and not only details. */
  readonly hasPages: boolean;
  /** Midnight in Shanghai; all offers are fetched then. */
  readonly startAt: Date;
}

/** Prices of an offer by SKU and quantity, in yuan. */
export type Prices = ReadonlyMap<string, number>;

export interface TrueOffer {
  readonly list: Prices;
  /** Null: no search shows it. */
  readonly searchCny: number | null;
}

export interface Observed {
  readonly offer: number;
  /** Since the start. */
  readonly day: number;
  readonly source: 'detail' | 'search';
}

export interface ObservedWorld extends ObserveOptions {
  /** By offer. */
  readonly offerIds: readonly string[];
  readonly categoryIds: readonly string[];
  /** In their order; the first one of every offer is at the start. */
  readonly observations: readonly Observed[];
  /** By day, then by offer: what is true from the midnight on at which that day begins. */
  readonly truth: readonly (readonly TrueOffer[])[];
}

const categories = 25;
const pageSize = 50;
/** Prices rise, and no offers come: so that the index moves by three points and more in thirty days. */
const nature = { rise: 0.006, birth: 0 };

const openSandboxWorld = ({ seed, offers, startAt }: ObserveOptions): World =>
  createWorld({ seed, offers, categories, startAt: startAt.getTime(), stepMs: dayMs, nature });

function readDay(world: World, { offers, startAt }: ObserveOptions, day: number): TrueOffer[] {
  const found = Array.from({ length: offers }, () => ({
    list: new Map<string, number>(),
    searchCny: null as number | null,
  }));
  const snapshot = world.snapshot(day);
  const indexOf = new Map(
    Array.from({ length: offers }, (_, i) => [snapshot.entryAt(i).offer.offerId, i] as const),
  );
  const query = {
    feeds: { categories: [], keywords: [], sellers: [], images: [] },
    at: startAt.getTime() + day * dayMs,
    isWhole: true,
  };
  for (const { offerId, skuId, kind, minQuantity, amount } of readTruth(world, query).prices()) {
    const offer = found[indexOf.get(offerId) ?? -1];
    if (kind === 'list') offer?.list.set(`${skuId}/${String(minQuantity)}`, Number(amount));
    else if (kind === 'search' && offer) offer.searchCny = Number(amount);
  }
  return found;
}

/** Offers of a category on pages of fifty. */
function makePages(categoryIds: readonly string[]) {
  const byCategory = new Map<string, number[]>();
  for (const [offer, category] of categoryIds.entries()) {
    const members = byCategory.get(category);
    if (members) members.push(offer);
    else byCategory.set(category, [offer]);
  }
  const members = [...byCategory.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / pageSize) }, (_, page) =>
      all.slice(page * pageSize, (page + 1) * pageSize),
    ),
  );
  return { members, list: (page: number) => [...(members[page] ?? [])] };
}

/** Notes what a site is asked for. */
function watchSite(site: Site, note: (offer: number, source: Observed['source']) => void): void {
  const [fetchDetail, fetchPage] = [site.fetchDetail.bind(site), site.fetchPage.bind(site)];
  site.fetchDetail = (offer) => {
    note(offer, 'detail');
    return fetchDetail(offer);
  };
  site.fetchPage = (offers) => {
    for (const offer of offers) note(offer, 'search');
    return fetchPage(offers);
  };
}

/** The sandbox's catalog over some days, and what the planner of the product looks at of it. */
export async function observeWorld(options: ObserveOptions): Promise<ObservedWorld> {
  const { offers, days, share, hasPages } = options;
  const sandbox = openSandboxWorld(options);
  const entries = Array.from({ length: offers }, (_, i) => sandbox.snapshot(0).entryAt(i).offer);
  const categoryIds = entries.map(({ category }) => category.id);
  // As sales have it: a few offers are far more important than the others.
  const weights = Float64Array.from(entries, ({ draw }) =>
    Math.sqrt(1 + 2000 * draw.unit('popularity') ** 4),
  );
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / offers;
  const found = readSandboxWorld({ ...options, categories, nature });
  const world = { ...found.world, weights: weights.map((weight) => weight / mean) };
  const callsPerDay = Math.round(offers * share);
  const policy = new PlannerPolicy(world, {
    callsPerDay,
    objective: hasPages ? defaultObjective : detailsOnly,
    ...(hasPages ? { pages: makePages(categoryIds) } : {}),
  });
  const sources = hasPages ? (['search', 'detail'] as const) : (['detail'] as const);
  const observations: Observed[] = sources.flatMap((source) =>
    entries.map((_, offer) => ({ offer, day: 0, source })),
  );
  let watched: Site | null = null;
  await simulate({
    ...{ world, callsPerDay, scoredFrom: 0 },
    policy: {
      spend: (site, calls) => {
        if (watched !== site)
          watchSite(site, (offer, source) => observations.push({ offer, day: site.day, source }));
        watched = site;
        return policy.spend(site, calls);
      },
    },
  });
  return {
    ...options,
    ...{ categoryIds, observations },
    offerIds: entries.map(({ offerId }) => offerId),
    truth: Array.from({ length: days + 1 }, (_, day) => readDay(sandbox, options, day)),
  };
}

/** Logarithm of the mean move of an offer's prices that both have; null: they share none. */
function moveOf(before: Prices, now: Prices): number | null {
  const moves = [...before].flatMap(([key, cny]) => {
    const other = now.get(key);
    return other === undefined ? [] : [Math.log(other / cny)];
  });
  return moves.length === 0 ? null : moves.reduce((sum, move) => sum + move, 0) / moves.length;
}

/** By day: the index if all offers were seen every day; 100 on the first one. */
export function trueIndex({ truth }: ObservedWorld): number[] {
  let level = 0;
  return truth.map((offers, day) => {
    const before = truth[day - 1];
    const moves = offers.flatMap(({ list }, i) => moveOf(before?.[i]?.list ?? new Map(), list) ?? []);
    level += moves.reduce((sum, move) => sum + move, 0) / Math.max(1, moves.length);
    return 100 * Math.exp(level);
  });
}

/** Share of offers with list prices, days counted, that have another one than the day before. */
export function trueChangeRate({ truth }: ObservedWorld): number {
  let [changed, pairs] = [0, 0];
  for (const [day, offers] of truth.entries()) {
    for (const [i, { list }] of offers.entries()) {
      const before = truth[day - 1]?.[i]?.list ?? new Map<string, number>();
      if (moveOf(before, list) === null) continue;
      pairs += 1;
      if ([...list].some(([key, cny]) => before.has(key) && before.get(key) !== cny)) changed += 1;
    }
  }
  return changed / pairs;
}
