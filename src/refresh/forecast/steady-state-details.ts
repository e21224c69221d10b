import { rateOf } from '../planner/change-rate.ts';
import { importance } from '../planner/importance.ts';
import { defaultObjective } from '../planner/objective.ts';
import { floorShare } from '../planner/select-calls.ts';
import {
  callsPerDay,
  detailAgeOf,
  meanOverCycle,
  toDetailOffer,
  type DetailCycle,
  type DetailOffer,
  type DetailTerms,
} from './detail-cycle.ts';
import { findPrice } from './find-price.ts';
import type { Knowledge, OfferGroup } from './knowledge.ts';
import { wholeRuns } from './steady-state-searches.ts';
import { ageWorth } from './value-curve.ts';

/** Offers that a sampled one represents, with their detail calls in steady state. */
export interface SteadyOffers {
  readonly feeds: readonly string[];
  readonly offers: number;
  readonly cycle: DetailCycle;
  readonly callsPerDay: number;
  /** Mean age of their details, in days. */
  readonly ageDays: number;
  /** The share of the time in which a detail is right. */
  readonly fresh: number;
}

interface Member {
  readonly group: OfferGroup;
  readonly offers: number;
  readonly offer: DetailOffer;
  readonly terms: DetailTerms;
  /** Not fetched before this age, by `freshness`. */
  readonly minDays: number;
}

function listMembers(knowledge: Knowledge, rowEveryDays: ReadonlyMap<string, number>): Member[] {
  const { prior, visibleShare, runEveryDays, freshness, meanPopularity } = knowledge;
  const weightOf = new Map(knowledge.feeds.map(({ name, weight }) => [name, weight]));
  const valuation = { objective: defaultObjective, visibleShare };
  return knowledge.offers.flatMap((group) => {
    const weight = Math.max(...group.feeds.map((feed) => weightOf.get(feed) ?? 0));
    const rows = Math.min(...group.feeds.map((feed) => rowEveryDays.get(feed) ?? Infinity));
    const terms = { valuation, rowEveryDays: rows, runEveryDays };
    const minDays = wholeRuns(detailAgeOf(freshness.detail, terms), runEveryDays);
    return group.sample.map(({ popularity, learned }) => ({
      group,
      offers: group.offers / group.sample.length,
      offer: toDetailOffer(importance(popularity * weight, meanPopularity), rateOf(prior, learned), terms),
      terms,
      minDays,
    }));
  });
}

/** How often an offer is fetched at a price; past the floor age it is fetched regardless of value. */
function cycleAt({ offer, terms, minDays }: Member, price: number, floorDays: number): DetailCycle {
  const everyDays = Math.max(minDays, Math.min(ageWorth(offer.curve, price), detailAgeOf(floorDays, terms)));
  return { everyDays, promptsPerDay: offer.promptedValue >= price ? offer.promptsPerDay : 0 };
}

const totalCalls = (members: readonly Member[], cycleOf: (member: Member) => DetailCycle) =>
  members.reduce((sum, member) => sum + member.offers * callsPerDay(cycleOf(member)), 0);

/**
 * How often details are fetched when calls go to the most valuable ones.
 *
 * @param rowEveryDays by feed
 * @param roomOf calls per day for known offers, given the most calls that they need
 */
export function steadyStateDetails(
  knowledge: Knowledge,
  rowEveryDays: ReadonlyMap<string, number>,
  roomOf: (wanted: number) => number,
): { readonly steady: readonly SteadyOffers[]; readonly wanted: number } {
  const members = listMembers(knowledge, rowEveryDays);
  const offers = members.reduce((sum, member) => sum + member.offers, 0);
  const wanted = totalCalls(members, (member) => cycleAt(member, 0, Infinity));
  const room = roomOf(wanted);
  const floorDays = room > 0 ? offers / (floorShare * room) : Infinity;
  const price = findPrice((at) => totalCalls(members, (member) => cycleAt(member, at, floorDays)), room);
  const steady = members.map((member) => {
    const cycle: DetailCycle =
      room > 0 ? cycleAt(member, price, floorDays) : { everyDays: Infinity, promptsPerDay: 0 };
    const { ageDays, fresh } = meanOverCycle(cycle, member.offer, member.terms);
    const { feeds } = member.group;
    return {
      feeds,
      offers: member.offers,
      cycle,
      callsPerDay: member.offers * callsPerDay(cycle),
      ageDays,
      fresh,
    };
  });
  return { steady, wanted };
}
