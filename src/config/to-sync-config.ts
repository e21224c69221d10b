import type { ApiChoice, ApiChoices } from '../model/known-apis.ts';
import type { ApprovedCalls, Feed, Quotas, Schedule, SharedCalls, SyncConfig } from '../model/sync-config.ts';
import type { Tracker } from '../model/tracker.ts';
import { chooseApi, operationOf } from './choose-api.ts';
import type { SyncFile } from './sync-config-schema.ts';

function toFeed(feed: SyncFile['feeds'][number]): Feed {
  return {
    name: feed.name,
    categories: feed.categories,
    keywords: feed.keywords,
    sellers: feed.sellers,
    images: feed.images,
    offers: feed.offers,
    offersFile: feed.offers_file,
    maxOffers: feed.max_offers,
    maxPages: feed.max_pages,
    priceMinCny: feed.price_min_cny,
    priceMaxCny: feed.price_max_cny,
    weight: feed.weight,
    boosts: feed.boosts.map(({ from, until, factor }) => ({ fromDay: from, untilDay: until, factor })),
    ...(feed.max_age === null ? {} : { maxAgeMs: feed.max_age }),
  };
}

function toGroup({ operations, ...group }: SyncFile['quotas']['groups'][number]): SharedCalls {
  return { ...group, operations: operations.flatMap((name) => operationOf(name) ?? []) };
}

function toQuotas({ per_second, approved, groups }: SyncFile['quotas']): Quotas {
  const byOperation = Object.entries(approved).flatMap(([name, volumes]): [string, ApprovedCalls][] =>
    volumes ? [[operationOf(name) ?? name, volumes]] : [],
  );
  return { perSecond: per_second, approved: Object.fromEntries(byOperation), groups: groups.map(toGroup) };
}

function toApis(apis: SyncFile['apis']): ApiChoices {
  const byOperation = Object.entries(apis).flatMap(([name, text]): [string, ApiChoice][] => {
    const operation = operationOf(name);
    const choice = operation === undefined || text === undefined ? '' : chooseApi(operation, text);
    return operation === undefined || typeof choice === 'string' ? [] : [[operation, choice]];
  });
  return Object.fromEntries(byOperation);
}

function toSchedule(schedule: SyncFile['schedules'][number], allFeeds: readonly string[]): Schedule {
  return {
    name: schedule.name,
    cron: schedule.cron,
    timezone: schedule.timezone,
    feeds: schedule.feeds ?? allFeeds,
    budgetCalls: schedule.budget_calls,
    missed: schedule.missed,
  };
}

function toTracker(tracker: SyncFile['trackers'][number]): Tracker {
  return {
    name: tracker.name,
    feed: tracker.feed,
    offers: tracker.offers,
    priceDownPercent: tracker.price_down_percent,
    priceUpPercent: tracker.price_up_percent,
    priceBelowCny: tracker.price_below_cny,
    events: tracker.events,
  };
}

/** From the words of the file to the words of the code. Total: `file` is checked already. */
export function toSyncConfig(file: SyncFile): SyncConfig {
  const feeds = file.feeds.map(toFeed);
  const names = feeds.map((feed) => feed.name);
  return {
    account: file.account,
    language: file.language,
    pageSize: 50,
    feeds,
    freshness: {
      categoryMs: file.freshness.category,
      searchMs: file.freshness.search,
      detailMs: file.freshness.detail,
    },
    retention: {
      rawMs: file.retention.raw,
      callsMs: file.retention.calls,
      observationsMs: file.retention.observations,
      searchHitsMs: file.retention.search_hits,
      slotsMs: file.retention.slots,
      observationStatsMs: file.retention.observation_stats,
      actionsMs: file.retention.actions,
    },
    quotas: toQuotas(file.quotas),
    apis: toApis(file.apis),
    schedules: file.schedules.map((schedule) => toSchedule(schedule, names)),
    trackers: file.trackers.map(toTracker),
  };
}
