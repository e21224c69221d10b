import type { ApiChoices, ApiOperation } from './known-apis.ts';
import type { Tracker } from './tracker.ts';

/** The 1688 account types, which have different call quotas. */
export type AccountType = 'personal' | 'business';

/** What one feed fetches: category subtrees and what searches by keyword, seller or picture list, within bounds. */
export interface Feed {
  readonly name: string;
  /** Roots of the subtrees; `'0'` is the whole tree. Empty: none. */
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  /** 1688's `sellerOpenId`s. */
  readonly sellers: readonly string[];
  /** Pictures to search by: urls of alicdn.com, or files by their path from the project folder. */
  readonly images: readonly string[];
  /** Offers to follow whether a search lists them or not: a watch list. */
  readonly offers: readonly string[];
  /** A file with more offer ids, by its path from the project folder; null: none. */
  readonly offersFile: string | null;
  /** Null: no bound. */
  readonly maxOffers: number | null;
  /** Pages of 50 rows per search window. Null: as far as 1688 lists. */
  readonly maxPages: number | null;
  /** Bounds in yuan, as decimal text. Null: open. */
  readonly priceMinCny: string | null;
  readonly priceMaxCny: string | null;
  /** How much a change found here is worth next to other feeds; 1 is normal. */
  readonly weight: number;
  /** Days on which the feed is worth more, or less. */
  readonly boosts: readonly Boost[];
  /**
   * Highest age of the details of its offers, in milliseconds. Absent rather than null, so that the hash of a file without it
   * equals that of the release before, with which it shares runs.
   */
  readonly maxAgeMs?: number;
}

/** Days in Shanghai, both included, as `2026-11-11`; on them the weight of a feed is multiplied. */
export interface Boost {
  readonly fromDay: string;
  readonly untilDay: string;
  readonly factor: number;
}

/** How old an answer may become before it is fetched again, in milliseconds. */
export interface FreshnessAges {
  readonly categoryMs: number;
  readonly searchMs: number;
  readonly detailMs: number;
}

/** How long rows that grow with time are kept, in milliseconds. */
export interface RetentionAges {
  /** Answers as they came: they can be read again without a call. */
  readonly rawMs: number;
  /** Calls, and the counts of their quota periods. */
  readonly callsMs: number;
  readonly observationsMs: number;
  readonly searchHitsMs: number;
  /** Outcomes of the slots of schedules. */
  readonly slotsMs: number;
  /** How well observations were predicted, day by day. */
  readonly observationStatsMs: number;
  /** Actions of people on the ops pages. */
  readonly actionsMs: number;
}

/** What 1688 approved for one API, where it differs from the preset of the account. Null: as the preset. */
export interface ApprovedCalls {
  readonly daily: number | null;
  readonly monthly: number | null;
}

/** Operations whose APIs share one volume of calls. At least one of the two numbers is set; null: no limit of that period. */
export interface SharedCalls extends ApprovedCalls {
  readonly name: string;
  readonly operations: readonly ApiOperation[];
}

export interface Quotas {
  /** Calls a second, of all APIs and workers together. */
  readonly perSecond: number;
  readonly approved: Readonly<Partial<Record<ApiOperation, ApprovedCalls>>>;
  readonly groups: readonly SharedCalls[];
}

/** What happens to a slot at which no process was running: nothing, or one run as soon as possible. */
export type MissedRunPolicy = 'skip' | 'once';

export interface Schedule {
  readonly name: string;
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
  /** Names of feeds of the same file. */
  readonly feeds: readonly string[];
  /** Null: no bound but the quota. */
  readonly budgetCalls: number | null;
  readonly missed: MissedRunPolicy;
}

/** The content of `catalog-sync.yaml`, checked and with its defaults filled in. */
export interface SyncConfig {
  readonly account: AccountType;
  /** `en`, `ja`, `ko`, `ru` ...: the language of translated names. */
  readonly language: string;
  /** The most rows 1688 gives per search page (1688 docs keywordQuery v1). */
  readonly pageSize: 50;
  readonly feeds: readonly Feed[];
  readonly freshness: FreshnessAges;
  readonly retention: RetentionAges;
  readonly quotas: Quotas;
  readonly apis: ApiChoices;
  readonly schedules: readonly Schedule[];
  readonly trackers: readonly Tracker[];
}
