import { countOf } from '../../core/count-of.ts';
import { assumedSentences } from '../format-estimate.ts';
import type { Plan } from './read-plan.ts';

const countSearches = (searches: number) => countOf(Math.round(searches), 'search', 'searches');
const countOffers = (offers: number) => countOf(Math.round(offers), 'offer');

function describeUnanswered(searches: number): string {
  const [verb, whose] = Math.round(searches) === 1 ? ['lists', 'its'] : ['list', 'their'];
  return `Assumed: ${countSearches(searches)} without an answer yet ${verb} as many offers as the others of ${whose} feed.`;
}

function describeUnobserved(offers: number): string {
  const isOne = Math.round(offers) === 1;
  const are = isOne ? 'was not observed yet is a typical one' : 'were not observed yet are typical ones';
  return `Assumed: ${countOffers(offers)} that ${are}.`;
}

function describeRhythm(hours: number): string {
  if (hours >= 36) return `every ${(hours / 24).toFixed(1)} days`;
  if (hours > 20) return 'once a day';
  return hours < 1.5 ? `every ${Math.ceil(hours * 60).toString()} min` : `every ${hours.toFixed(1)} h`;
}

/** What a plan rests on: what was measured, and what is assumed. */
export function describeBasis({ knowledge, hasSchedule }: Plan): string[] {
  const { searches, offers, runEveryDays } = knowledge;
  const sum = (isAssumed: boolean) => ({
    searches: searches.reduce((all, group) => all + (group.isAssumed === isAssumed ? group.windows : 0), 0),
    offers: offers.reduce((all, group) => all + (group.isAssumed === isAssumed ? group.offers : 0), 0),
  });
  const [known, assumed] = [sum(false), sum(true)];
  const rhythm = describeRhythm(runEveryDays * 24);
  const runs = hasSchedule
    ? `Runs: ${rhythm}, as the schedules say.`
    : 'Assumed: one run a day, because no schedule starts runs of these feeds.';
  const kept =
    '5 % of the calls of each day are reserved for manual calls; the calls of a month are spread over its days.';
  if (known.searches === 0 && assumed.searches > 0) return [...assumedSentences.slice(0, 3), runs, kept];
  return [
    `Measured: ${countSearches(known.searches)} and ${countOffers(known.offers)}, and how often offers changed.`,
    ...(assumed.searches > 0 ? [describeUnanswered(assumed.searches)] : []),
    ...(assumed.offers >= 1 ? [describeUnobserved(assumed.offers)] : []),
    runs,
    kept,
  ];
}
