import type { ApiOperation } from '../../model/known-apis.ts';
import { changeOdds, rateOf } from '../planner/change-rate.ts';
import { defaultObjective } from '../planner/objective.ts';
import { orderingAgeDays } from '../planner/offer-value.ts';
import type { FeedKnowledge, Knowledge, OfferGroup, SampledOffer, SearchGroup } from './knowledge.ts';
import { steadyPages, stoppedPages } from './pass-pages.ts';
import { arrivalsOf, newOffersPerPage } from './steady-state-searches.ts';
import { shareLimits } from './share-limits.ts';

/** What one run will do, if it begins now. */
export interface NextRun {
  readonly calls: ReadonlyMap<ApiOperation, number>;
  /** Calls that are due; more than `calls` if a limit ends the run. */
  readonly due: ReadonlyMap<ApiOperation, number>;
  readonly newOffers: number;
  /** Offers that details show changed. */
  readonly changedOffers: number;
  readonly seconds: number;
}

interface Pages {
  readonly pages: number;
  readonly newOffers: number;
}

/** A search, and its pages that are next. */
interface Pass {
  readonly search: SearchGroup;
  readonly next: Pages;
}

/** Pages of a search that are due, and the new offers on them. */
function pagesDue(knowledge: Knowledge, search: SearchGroup): Pages {
  const { freshness, pageSize, feeds } = knowledge;
  const { windows, pages, ageDays, pagesToFirstPass, pagesPassed, isPostponed, mayStop } = search;
  if (isPostponed) return { pages: 0, newOffers: 0 };
  const novelty = feeds.find(({ name }) => name === search.feed)?.novelty ?? 1;
  if (pagesToFirstPass > 0) {
    const due = windows * pagesToFirstPass;
    return { pages: due, newOffers: due * pageSize * novelty };
  }
  if (ageDays === null || (pagesPassed === 0 && ageDays < freshness.search))
    return { pages: 0, newOffers: 0 };
  const pagesLeft = Math.max(1, pages - pagesPassed);
  const asked = mayStop ? stoppedPages(pagesLeft, newOffersPerPage(knowledge, search, ageDays)) : pagesLeft;
  const arrived = windows * arrivalsOf(knowledge, search) * ageDays * novelty;
  return { pages: windows * asked, newOffers: (arrived * pagesLeft) / pages };
}

interface Details {
  readonly due: number;
  readonly changed: number;
}

/** Details of a sampled offer that are due if this run sees its row before (`rows`: 1) or not (0). */
function detailDue(
  { visibleShare, prior, freshness }: Knowledge,
  offer: SampledOffer,
  rows: number,
): Details {
  const { isStale, isPostponed, hasDetail, summaryAgeDays, detailAgeDays, learned } = offer;
  if (isPostponed) return { due: 0, changed: 0 };
  const valuation = { objective: defaultObjective, visibleShare };
  const rate = rateOf(prior, learned);
  const shown = rows * changeOdds(rate, visibleShare * summaryAgeDays);
  if (isStale) return { due: 1, changed: hasDetail ? 1 : 0 };
  const seen = { summaryAgeDays: summaryAgeDays * (1 - rows), detailAgeDays, isStale: false };
  const isOld = orderingAgeDays(seen, valuation) >= freshness.detail;
  const hidden = changeOdds(rate, (1 - visibleShare) * detailAgeDays);
  const unprompted = isOld ? 1 - shown : 0;
  return { due: shown + unprompted, changed: shown + unprompted * hidden };
}

function detailsDue(knowledge: Knowledge, group: OfferGroup, rows: number): Details {
  let [due, changed] = [0, 0];
  for (const offer of group.sample) {
    const of = detailDue(knowledge, offer, rows);
    due += of.due;
    changed += of.changed;
  }
  const each = group.offers / group.sample.length;
  return { due: due * each, changed: changed * each };
}

/** Share of the pages of each feed, from 0 to 1, that a run passes. */
function passedParts(
  knowledge: Knowledge,
  passes: readonly Pass[],
  partOf: (operation: ApiOperation) => number,
): Map<string, number> {
  return new Map(
    knowledge.feeds.map(({ name }) => {
      let [all, asked] = [0, 0];
      for (const { search, next } of passes) {
        if (search.feed !== name || search.pagesToFirstPass > 0) continue;
        // A pass that stops early leaves its last rows as they were, and finds them quiet.
        all +=
          search.windows *
          steadyPages(search.pages, newOffersPerPage(knowledge, search, search.ageDays ?? 1));
        asked += next.pages * partOf(search.operation);
      }
      return [name, all > 0 ? Math.min(1, asked / all) : 0];
    }),
  );
}

/** Details of known offers that are due after the rows of a run. */
function knownDetails(knowledge: Knowledge, rowsOf: ReadonlyMap<string, number>): Details[] {
  return knowledge.offers
    .filter(({ isAssumed }) => !isAssumed)
    .map((group) =>
      detailsDue(knowledge, group, Math.max(...group.feeds.map((feed) => rowsOf.get(feed) ?? 0))),
    );
}

/** Number of offers that a feed still accepts from searches; its watch list comes first. */
function roomFor({ name, maxOffers, unheld }: FeedKnowledge, offers: readonly OfferGroup[]): number {
  if (maxOffers === null) return Infinity;
  const held = offers.reduce(
    (sum, group) => sum + (group.feeds.includes(name) && !group.isAssumed ? group.offers : 0),
    0,
  );
  return Math.max(0, maxOffers - held - unheld);
}

/** What is due now, and how much of it the limits allow to a run. */
export function forecastRun(knowledge: Knowledge): NextRun {
  const { feeds, searches, offers, limits } = knowledge;
  const passes = searches.map((search) => ({ search, next: pagesDue(knowledge, search) }));
  const due = new Map<ApiOperation, number>([
    ['category.children', feeds.reduce((sum, { nodesDue }) => sum + nodesDue, 0)],
  ]);
  for (const { search, next } of passes)
    due.set(search.operation, (due.get(search.operation) ?? 0) + next.pages);
  const room = shareLimits(due, limits, ({ left }) => left);
  const partOf = (operation: ApiOperation) => {
    const wanted = due.get(operation) ?? 0;
    return wanted > 0 ? (room.get(operation) ?? 0) / wanted : 0;
  };
  const foundBy = (name: string) =>
    passes
      .filter(({ search }) => search.feed === name)
      .reduce((sum, { search, next }) => sum + next.newOffers * partOf(search.operation), 0);
  const found = feeds.map((feed) => {
    const listed = foundBy(feed.name);
    return { listed, taken: Math.min(listed, roomFor(feed, offers)) };
  });
  const watched = feeds.reduce((total, { unheld }) => total + unheld, 0);
  const rowsOf = passedParts(knowledge, passes, partOf);
  const details = knownDetails(knowledge, rowsOf);
  const sum = (of: (of: Details) => number) => details.reduce((total, part) => total + of(part), 0);
  const firstDetails = found.reduce((total, { taken }) => total + taken, 0);
  const wanted = sum((part) => part.due) + watched + firstDetails;
  due.set('offer.detail', wanted);
  const calls = shareLimits(due, limits, ({ left }) => left);
  const detailPart = wanted > 0 ? (calls.get('offer.detail') ?? 0) / wanted : 0;
  const all = [...calls.values()].reduce((total, count) => total + count, 0);
  return {
    calls,
    due,
    newOffers: found.reduce((total, { listed }) => total + listed, detailPart * watched),
    changedOffers: detailPart * sum((part) => part.changed),
    seconds: all / knowledge.callsPerSecond,
  };
}
