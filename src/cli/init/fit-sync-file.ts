import { parseSyncFile } from '../../config/parse-sync-file.ts';
import { syncFileName } from '../../config/project-folder.ts';
import { accountLimits } from '../../ledger/limit-changes.ts';
import type { ApiOperation } from '../../model/known-apis.ts';
import { pageSize, searchReach } from '../../model/search-limits.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { toCallLimit } from '../../refresh/forecast/call-limits.ts';
import { estimateAssumptions } from '../../refresh/forecast/estimate-calls.ts';
import { assumePlan, type Plan } from '../plan/read-plan.ts';
import type { Choices } from './choose.ts';
import { writeSyncFile, type Bounds } from './write-sync-file.ts';

/** A sync file, and the forecast of it. */
export interface FittedSyncFile {
  readonly text: string;
  readonly sync: SyncConfig;
  readonly plan: Plan;
}

const lastPage = searchReach / pageSize;
const { roots, branchesPerRoot, leavesPerBranch } = estimateAssumptions;

/** Details that do not fit a day are fetched once a week. */
const detailDays = 7;
const maxDays = 366;

/** Parts of the calls of a day to fill, the first that fits: changes of offers and new ones need some, too. */
const shares = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05] as const;

/** Calls a day of runs. */
function callsPerDay({ account, approved }: Choices, operation: ApiOperation): number {
  const preset = accountLimits[account];
  const { daily, monthly } = approved[operation] ?? { daily: null, monthly: null };
  const periods = [
    ['day', daily ?? preset.day],
    ['month', monthly ?? preset.month],
  ] as const;
  const limits = periods.map(([period, calls]) =>
    calls === undefined
      ? Infinity
      : toCallLimit({ operations: [operation], period, calls, leftToday: null }).perDay,
  );
  return Math.min(...limits);
}

function countCategorySearches(categories: readonly string[]): number {
  const subtrees = categories.includes('0') ? roots : categories.length;
  return subtrees * branchesPerRoot * leavesPerBranch;
}

interface Searches {
  readonly keywords: number;
  readonly categories: number;
}

/** Pages of each search: keywords say best what is wanted, so they come first, with half of the calls where both are. */
function sharePages({ keywords, categories }: Searches, pages: number): Searches {
  const each = (part: number, searches: number) =>
    searches === 0 ? 0 : Math.max(1, Math.min(lastPage, Math.floor(part / searches)));
  const ofKeywords = each(categories === 0 ? pages : pages / 2, keywords);
  return { keywords: ofKeywords, categories: each(pages - keywords * ofKeywords, categories) };
}

/** Offers of each feed, in the same way; null: all that the searches list. */
function shareOffers(listed: Searches, offers: number): Bounds['maxOffers'] {
  if (listed.keywords + listed.categories <= offers) return null;
  const part = listed.categories === 0 ? offers : offers / 2;
  const ofKeywords = Math.max(1, Math.min(listed.keywords, Math.floor(part)));
  return { keywords: ofKeywords, categories: Math.max(1, Math.floor(offers) - ofKeywords) };
}

/** Bounds with which searches and details take a part of their calls, if each search lists all that it can. */
function boundBy(choices: Choices, share: number): Bounds {
  const searches = {
    keywords: choices.keywords.length,
    categories: countCategorySearches(choices.categories),
  };
  const pagesPerDay = Math.max(1, share * callsPerDay(choices, 'search.keyword'));
  const days = Math.ceil((searches.keywords + searches.categories) / pagesPerDay);
  const searchDays = Math.min(maxDays, days);
  const maxPages = sharePages(searches, pagesPerDay * searchDays);
  const listed = {
    keywords: searches.keywords * maxPages.keywords * pageSize,
    categories: searches.categories * maxPages.categories * pageSize,
  };
  const detailsPerDay = Math.max(1, share * callsPerDay(choices, 'offer.detail'));
  const isDaily = listed.keywords + listed.categories <= detailsPerDay;
  return {
    searchDays,
    detailDays: isDaily ? 1 : detailDays,
    maxPages,
    maxOffers: shareOffers(listed, detailsPerDay * detailDays),
  };
}

function fitBy(choices: Choices, share: number, now: Date): FittedSyncFile {
  const text = writeSyncFile(choices, boundBy(choices, share));
  const sync = parseSyncFile(text, syncFileName);
  const feedNames = sync.feeds.map(({ name }) => name);
  return { text, sync, plan: assumePlan(sync, { feedNames, budgetCalls: null }, now) };
}

/** The largest sync file that the calls are enough for, by its forecast; the smallest one if they are never. */
export function fitSyncFile(choices: Choices, now: Date): FittedSyncFile {
  for (const share of shares) {
    const fitted = fitBy(choices, share, now);
    if (fitted.plan.advice.length === 0) return fitted;
  }
  return fitBy(choices, shares[shares.length - 1] ?? 1, now);
}
