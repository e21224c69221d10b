import { bucketOf } from '../../src/refresh/planner/bucket.ts';
import type { ChangeRate } from '../../src/refresh/planner/change-rate.ts';
import { changeOdds, firstPrior, nothingLearned, rateOf } from '../../src/refresh/planner/change-rate.ts';
import { fitPrior, priorSampleSize } from '../../src/refresh/planner/fit-prior.ts';
import { learnRate } from '../../src/refresh/planner/learn-rate.ts';
import type { Objective } from '../../src/refresh/planner/objective.ts';
import type { OfferState, Valuation } from '../../src/refresh/planner/offer-value.ts';
import { orderingAgeDays, vouchedAgeDays } from '../../src/refresh/planner/offer-value.ts';
import type { PageCurve } from '../../src/refresh/planner/page-value.ts';
import { correctCurve, fitPageCurve, pageScore, pageValue } from '../../src/refresh/planner/page-value.ts';
import type { DetailPick, Head, CompetingCall } from '../../src/refresh/planner/select-calls.ts';
import { floorAgeDays, selectCalls } from '../../src/refresh/planner/select-calls.ts';
import { shopPageValue } from '../../src/refresh/planner/shop-page-value.ts';
import { takeBest } from '../../src/refresh/planner/take-best.ts';
import {
  addEvidence,
  firstVisibleShare,
  keptShareOf,
  shareOf,
  visibleEvidence,
} from '../../src/refresh/planner/visible-share.ts';
import { DiscoveryBook } from './discovery-book.ts';
import type { ResultPages } from './result-pages.ts';
import { ShopSuspicions, type SeenOffer, type Shops } from './shop-suspicions.ts';
import type { CandidateIndex } from './candidate-index.ts';
import { createCandidateIndex } from './candidate-index.ts';
import type { Policy } from './simulate.ts';
import { discoveryPageSize, type Site } from './site.ts';
import type { World } from './world.ts';

interface OfferHead extends Head {
  readonly index: number;
  readonly bucket: number;
}

export interface IndexedPage extends CompetingCall {
  /** The page's, the category's or the shop's. */
  readonly index: number;
  readonly isOfShop?: boolean;
}

export interface PlannerOptions {
  readonly callsPerDay: number;
  readonly objective: Objective;
  readonly pages?: ResultPages;
  /** Every offer a bucket of its own: what a scan of everything would pick. */
  readonly isExact?: boolean;
  /** A reference that is told the rates at the start, and learns nothing. */
  readonly knowsRates?: boolean;
  /** Looks for new offers: by their value, or with a fixed share of the calls. */
  readonly discovery?: 'by value' | number;
  /** The first search page of a shop that seems to have repriced competes. */
  readonly shops?: Shops;
}

/** Offers whose pages are valued by them, for each call of the slot: three pages of fifty, thirty of five. */
const offersValuedPerCall = 150;

/** A rate that is known: a thousand changes seen. */
const knownChanges = 1000;

/** The planner of the product, in a catalog in memory. */
export class PlannerPolicy implements Policy {
  readonly #options: PlannerOptions;
  readonly #world: World;
  readonly #learned: ChangeRate[];
  readonly #candidates: CandidateIndex<OfferHead>;
  /** 1: the detail is known to be wrong. */
  readonly #isStale: Uint8Array;
  /** The offers that each page listed when it was last read. */
  readonly #listed: (readonly number[])[];
  readonly #curves: PageCurve[];
  readonly #visitedAt: Float64Array;
  readonly #discovery: DiscoveryBook | null;
  readonly #suspicions: ShopSuspicions | null;
  #site: Site | null = null;
  #prior: ChangeRate;
  #share = firstVisibleShare;
  #fittedOn = 0;
  #owed = 0;

  constructor(world: World, options: PlannerOptions) {
    this.#world = world;
    this.#options = options;
    this.#prior = options.knowsRates ? nothingLearned : firstPrior;
    this.#learned = Array.from(world.baseRates(0), (rate) =>
      options.knowsRates ? { changes: knownChanges, days: knownChanges / rate } : nothingLearned,
    );
    this.#isStale = new Uint8Array(world.offers);
    this.#candidates = createCandidateIndex(world.offers, (index, bucket) => {
      const { weight, summaryAgeDays, detailAgeDays, isStale } = this.#agesOf(index);
      return {
        index,
        bucket,
        learned: this.#learnedOf(index),
        weight,
        summaryAgeDays,
        detailAgeDays,
        isStale,
      };
    });
    this.#listed = [...(options.pages?.members ?? [])];
    this.#visitedAt = Float64Array.from(this.#listed, (of) =>
      Math.min(...of.map((offer) => world.copiedAt[offer] ?? 0)),
    );
    this.#suspicions = options.shops ? new ShopSuspicions(options.shops) : null;
    this.#discovery = options.discovery === undefined ? null : new DiscoveryBook(world.categories);
    for (let offer = 0; offer < world.offers; offer += 1) {
      if (world.lives && (world.lives.bornAt[offer] ?? 0) >= 0) continue;
      const bucket = this.#bucketOf(offer);
      this.#candidates.place(offer, bucket, world.copiedAt[offer] ?? 0);
    }
    this.#curves = this.#listed.map((_, page) => this.#curveOf(page));
  }

  /** What is known so far of the share of changes that rows show. */
  get visibleShare(): number {
    return shareOf(this.#share);
  }

  async spend(site: Site, calls: number): Promise<void> {
    this.#site = site;
    this.#fitOnceADay(Math.floor(site.day));
    const fixed = this.#discoverFixed(site, calls);
    const plan = await selectCalls<OfferHead, IndexedPage>({
      calls: calls - fixed,
      candidates: this.#candidates,
      competing: [...this.#pageCalls(calls), ...this.#shopCalls(calls), ...this.#discoveryCalls()],
      valuation: this.#valuation(),
      prior: this.#prior,
      floorAgeDays: floorAgeDays(this.#world.offers, this.#options.callsPerDay),
    });
    for (const pick of plan.picks) this.#make(site, pick);
  }

  #make(site: Site, pick: DetailPick<OfferHead> | IndexedPage): void {
    switch (pick.kind) {
      case 'detail':
        this.#checkDetail(site, pick.offer.index);
        break;
      case 'page':
        if (pick.isOfShop) this.#checkShop(site, pick.index);
        else this.#checkPage(site, pick.index);
        break;
      case 'discovery':
        this.#discover(site, pick.index);
        break;
    }
  }

  #checkDetail(site: Site, offer: number): void {
    const ages = this.#agesOf(offer);
    const rate = this.#rateOf(offer);
    const seen = this.#seen(offer);
    const observation = site.fetchDetail(offer);
    if (!observation) return;
    this.#suspicions?.note(seen, site.day, observation.isSummaryChanged);
    const share = this.visibleShare;
    if (ages.isStale) {
      // What the page had shown was booked when it did: this observation adds what came since.
      this.#learn(offer, share * ages.summaryAgeDays, ages.summaryAgeDays, observation.isSummaryChanged);
    } else {
      const exposureDays = vouchedAgeDays(ages.summaryAgeDays, ages.detailAgeDays, share);
      this.#learn(offer, exposureDays, ages.summaryAgeDays, observation.isChanged);
      if (!observation.isSummaryChanged && this.#options.pages && !this.#options.knowsRates) {
        const unprompted = { isChanged: observation.isChanged, rate, ...ages };
        this.#share = addEvidence(
          this.#share,
          visibleEvidence(unprompted, { visibleShare: share, dateShare: 0 }),
        );
      }
    }
    this.#isStale[offer] = 0;
    if (observation.isGone) this.#candidates.remove(offer);
    else this.#place(offer);
  }

  #discover(site: Site, category: number): void {
    const found = site.discover(category);
    if (!found) return;
    this.#discovery?.note(category, site.day, found.length);
    for (const offer of found) {
      this.#isStale[offer] = 1;
      this.#place(offer);
    }
  }

  #discoveryCalls(): IndexedPage[] {
    return this.#options.discovery === 'by value' ? (this.#discovery?.competing(this.#day) ?? []) : [];
  }

  /** With a fixed share: spends it on the categories of the highest value, and says how many calls that took. */
  #discoverFixed(site: Site, calls: number): number {
    const { discovery } = this.#options;
    if (typeof discovery !== 'number' || !this.#discovery) return 0;
    this.#owed += discovery * calls;
    const chosen = takeBest(this.#discovery.competing(site.day), Math.floor(this.#owed));
    this.#owed -= chosen.length;
    for (const { index } of chosen) this.#discover(site, index);
    return chosen.length;
  }

  #checkPage(site: Site, page: number): void {
    const offers = this.#options.pages?.list(page, site.day) ?? [];
    if (!this.#checkRows(site, offers)) return;
    this.#listed[page] = offers;
    this.#curves[page] = this.#curveOf(page);
    this.#visitedAt[page] = site.day;
  }

  #checkShop(site: Site, shop: number): void {
    if (this.#checkRows(site, this.#listShop(shop))) this.#suspicions?.end(shop);
  }

  /** False: the call failed. */
  #checkRows(site: Site, offers: readonly number[]): boolean {
    const seen = offers.map((offer) => this.#seen(offer));
    const rows = site.fetchPage(offers);
    if (!rows) return false;
    for (const [row, offer] of offers.entries()) {
      const { isNew = false, isChanged = false } = rows[row] ?? {};
      const before = seen[row];
      // The first row is no evidence.
      if (before && !isNew) {
        this.#suspicions?.note(before, site.day, isChanged);
        const ageDays = site.day - before.lastDay;
        this.#learn(offer, this.visibleShare * ageDays, ageDays, isChanged);
      }
      if (isNew || isChanged) this.#isStale[offer] = 1;
      this.#place(offer);
    }
    return true;
  }

  #seen(offer: number): SeenOffer {
    const { summaryAgeDays } = this.#agesOf(offer);
    const odds = changeOdds(this.#rateOf(offer), this.visibleShare * summaryAgeDays);
    return { offer, lastDay: this.#day - summaryAgeDays, odds };
  }

  /** What its first page lists. */
  #listShop(shop: number): readonly number[] {
    const isBorn = (offer: number) => (this.#world.lives?.bornAt[offer] ?? -Infinity) <= this.#day;
    return this.#options.shops?.offers[shop]?.filter(isBorn).slice(0, discoveryPageSize) ?? [];
  }

  /** Shops that seem to have repriced: their pages are worth what their offers add, and those that have changed add most. */
  #shopCalls(calls: number): IndexedPage[] {
    const valuation = this.#valuation();
    return (this.#suspicions?.suspected(calls) ?? []).map(({ shop, chanceSince }) => {
      const known = this.#listShop(shop).filter((offer) => this.#site?.summaryAt[offer] !== Infinity);
      const states = known.map((offer) => this.#stateOf(offer));
      const value = shopPageValue(
        states,
        ({ summaryAgeDays }) => chanceSince(this.#day - summaryAgeDays),
        valuation,
      );
      return { kind: 'page', index: shop, isOfShop: true, value };
    });
  }

  #curveOf(page: number): PageCurve {
    const states = (this.#listed[page] ?? []).map((offer) => this.#stateOf(offer));
    return fitPageCurve(states, this.#valuation());
  }

  #learn(offer: number, exposureDays: number, elapsedDays: number, isChanged: boolean): void {
    if (this.#options.knowsRates) return;
    const observation = { exposureDays, elapsedDays, isChanged };
    this.#learned[offer] = learnRate(this.#prior, this.#learnedOf(offer), observation);
  }

  #place(offer: number): void {
    const ageDays = orderingAgeDays(this.#agesOf(offer), this.#valuation());
    this.#candidates.place(offer, this.#bucketOf(offer), this.#day - ageDays);
  }

  /** The pages that rank high by their curves, valued by what is known of their offers now. */
  #pageCalls(calls: number): IndexedPage[] {
    const ranked = this.#curves.map((curve, index) => ({
      index,
      value: pageScore(curve, this.#pageAge(index)),
    }));
    const pageSize = this.#options.pages?.members[0]?.length ?? 1;
    return takeBest(ranked, Math.ceil((offersValuedPerCall * calls) / pageSize)).map(({ index }) => {
      const states = (this.#listed[index] ?? []).map((offer) => this.#stateOf(offer));
      const value = pageValue(states, this.#valuation());
      const [curve, ageDays] = [this.#curves[index], this.#pageAge(index)];
      if (curve && ageDays > 0) this.#curves[index] = correctCurve(curve, ageDays, value);
      return { kind: 'page', index, value };
    });
  }

  #pageAge(page: number): number {
    return this.#day - (this.#visitedAt[page] ?? 0);
  }

  #fitOnceADay(day: number): void {
    if (day <= this.#fittedOn || this.#options.knowsRates) return;
    this.#fittedOn = day;
    const fetched = this.#learned.filter((of) => of !== nothingLearned);
    const step = Math.max(1, fetched.length / priorSampleSize);
    const sample = fetched.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
    this.#prior = fitPrior(sample, this.#prior);
    const kept = keptShareOf(this.#share);
    this.#share = { visible: this.#share.visible * kept, hidden: this.#share.hidden * kept };
  }

  get #day(): number {
    return this.#site?.day ?? 0;
  }

  #valuation(): Valuation {
    return { objective: this.#options.objective, visibleShare: this.visibleShare };
  }

  #learnedOf(offer: number): ChangeRate {
    return this.#learned[offer] ?? nothingLearned;
  }

  #rateOf(offer: number): ChangeRate {
    return rateOf(this.#prior, this.#learnedOf(offer));
  }

  #agesOf(offer: number): Omit<OfferState, 'rate'> {
    const { weights, copiedAt } = this.#world;
    const { summaryAt, detailAt } = this.#site ?? { summaryAt: copiedAt, detailAt: copiedAt };
    return {
      weight: weights[offer] ?? 0,
      summaryAgeDays: this.#day - (summaryAt[offer] ?? 0),
      detailAgeDays: this.#day - (detailAt[offer] ?? 0),
      isStale: this.#isStale[offer] === 1,
    };
  }

  #stateOf(offer: number): OfferState {
    return { rate: this.#rateOf(offer), ...this.#agesOf(offer) };
  }

  #bucketOf(offer: number): number {
    if (this.#options.isExact) return offer;
    return bucketOf(this.#world.weights[offer] ?? 0, this.#learnedOf(offer), this.#isStale[offer] === 1);
  }
}
