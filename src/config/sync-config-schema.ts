import { z } from 'zod';
import { dayMs, hourMs } from '../core/duration.ts';
import { guideApiNames } from '../model/guide-api-names.ts';
import { apiOperations } from '../model/known-apis.ts';
import { pageSize, searchReach } from '../model/search-limits.ts';
import { trackedEvents } from '../model/tracker.ts';
import {
  categoryId,
  count,
  cron,
  day,
  duration,
  filePath,
  image,
  keepAge,
  keyword,
  name,
  offerId,
  price,
  promisedAge,
  sellerId,
  timezone,
} from './sync-config-values.ts';

/** Languages of translated names (1688 docs keywordQuery v1). Any other language gets untranslated names and no error. */
const languages = ['en', 'ja', 'ko', 'ru', 'vi', 'es', 'fr', 'pt', 'th', 'id', 'ar'] as const;

/** Keys that name an operation. */
const operationNames = [...apiOperations, ...Object.keys(guideApiNames)];

/** The last page of a search. */
const lastPage = searchReach / pageSize;

const list = <T extends z.ZodType>(item: T, what: string) =>
  z.array(item, { error: `must be a list of ${what}` });

/** A value that may be left out, or be null. */
const orNull = <T extends z.ZodType>(value: T) => value.nullable().default(null);

const calls = orNull(count('a number of calls'));

const section = <T extends z.ZodRawShape>(shape: T, what: string) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'invalid_type' ? `must be ${what}` : undefined),
  });

const factor = z
  .number({ error: 'must be a number' })
  .positive('must be above 0')
  .max(100, 'must be at most 100');

const boost = section(
  {
    from: day.describe('First day, in Shanghai.'),
    until: day.describe('Last day, in Shanghai.'),
    factor: factor.describe('The weight of the feed is multiplied by this factor on these days.'),
  },
  'a boost: from, until, factor',
);

const feed = section(
  {
    name: name('feed').describe('Name of the feed in commands and tables.'),
    categories: list(categoryId, 'category ids')
      .default([])
      .describe("Roots of the category subtrees to fetch; '0' is the whole tree."),
    keywords: list(keyword, 'keywords').default([]).describe('Search keywords; Chinese ones find the most.'),
    sellers: list(sellerId, 'sellerOpenIds')
      .default([])
      .describe('Sellers whose offers to fetch, by the sellerOpenId that details show.'),
    images: list(image, 'pictures')
      .default([])
      .describe('Pictures to search by: files of up to 300 KB, or urls of alicdn.com.'),
    offers: list(offerId, 'offer ids')
      .default([])
      .describe('Ids of offers to fetch, even if no search lists them.'),
    offers_file: orNull(filePath).describe(
      'File with more of them: ids or addresses of detail.1688.com, one a line or in the first column of a CSV.',
    ),
    max_offers: orNull(count('a number of offers')).describe('Stop after this many offers.'),
    max_pages: orNull(count('a number of pages', lastPage)).describe(
      'Read at most this many pages of 50 rows per search.',
    ),
    price_min_cny: orNull(price).describe('Lowest price in yuan.'),
    price_max_cny: orNull(price).describe('Highest price in yuan.'),
    weight: factor.default(1).describe('Value of a change in this feed, relative to other feeds.'),
    boosts: list(boost, 'boosts')
      .default([])
      .describe('Days on which a change in this feed has a higher or lower value.'),
    max_age: orNull(promisedAge).describe(
      'Details of its offers are never older than this, as far as the quota allows.',
    ),
  },
  'a feed: name, categories, keywords ...',
);

const approved = section(
  {
    daily: calls.describe('Approved calls a day.'),
    monthly: calls.describe('Approved calls a month.'),
  },
  'approved volumes: daily, monthly',
);

const group = section(
  {
    name: name('group').describe('Name of the group; commands and tables show it with a leading @.'),
    operations: list(z.enum(operationNames, { error: 'must be an operation' }), 'operations')
      .min(1, 'must have at least one operation')
      .describe('Operations whose APIs share the volume.'),
    daily: calls.describe('Calls a day, all operations together.'),
    monthly: calls.describe('Calls a month, all operations together.'),
  },
  'a group: name, operations, daily, monthly',
);

const schedule = section(
  {
    name: name('schedule').describe('Name of the schedule in commands and run history.'),
    cron: cron.describe('Five fields: minute, hour, day of month, month, weekday.'),
    timezone: timezone.default('Asia/Shanghai').describe('IANA name of the time zone of the cron fields.'),
    feeds: list(name('feed'), 'feed names')
      .min(1, 'must have at least one feed; leave it out for all of them')
      .optional()
      .describe('Feeds to sync; all of them when left out.'),
    budget_calls: calls.describe('Maximum number of calls of one run.'),
    missed: z
      .enum(['skip', 'once'], { error: 'must be skip or once' })
      .default('once')
      .describe(
        'What to do about a slot at which no process was running: skip it, or run once as soon as possible.',
      ),
  },
  'a schedule: name, cron, feeds ...',
);

const percent = (max: number) =>
  orNull(
    z
      .number({ error: 'must be a number of per cent' })
      .positive('must be above 0')
      .max(max, `must be at most ${String(max)}`),
  );

const tracker = section(
  {
    name: name('tracker').describe('Name of the tracker in notifications, commands and tables.'),
    feed: orNull(name('feed')).describe('Feed whose offers it is about.'),
    offers: list(offerId, 'offer ids').default([]).describe('Ids of offers it is about, in place of a feed.'),
    price_down_percent: percent(100).describe('A list price falls by this many per cent or more.'),
    price_up_percent: percent(1000).describe('A list price rises by this many per cent or more.'),
    price_below_cny: orNull(price).describe('The lowest list price falls below this amount in yuan.'),
    events: list(z.enum(trackedEvents, { error: `must be one of ${trackedEvents.join(', ')}` }), 'events')
      .default([])
      .describe('What else to notice: out_of_stock, back_in_stock, delisted, relisted.'),
  },
  'a tracker: name, feed or offers, price_down_percent ...',
);

/** All settings of `catalog-sync.yaml`, with the keys of the file. */
export const syncFileSchema = section(
  {
    account: z
      .enum(['personal', 'business'], { error: 'must be personal or business' })
      .describe('The 1688 account type; it decides the preset quotas.'),
    language: z
      .enum(languages, { error: `must be one of ${languages.join(', ')}` })
      .default('en')
      .describe('Language of translated names.'),
    feeds: list(feed, 'feeds').min(1, 'must have at least one feed').describe('What to fetch.'),
    freshness: section(
      {
        category: duration.default(7 * dayMs).describe('Default 7d.'),
        search: duration.default(20 * hourMs).describe('Default 20h.'),
        detail: duration.default(20 * hourMs).describe('Default 20h.'),
      },
      'ages: category, search, detail',
    )
      .prefault({})
      .describe('Maximum age of an answer before it is fetched again.'),
    retention: section(
      {
        raw: keepAge.default(90 * dayMs).describe('Unchanged answers of 1688. Default 90d.'),
        calls: keepAge
          .default(800 * dayMs)
          .describe('Calls and the counts of their quota periods. Default 800d.'),
        observations: keepAge.default(800 * dayMs).describe('Observations of offers. Default 800d.'),
        search_hits: keepAge.default(400 * dayMs).describe('Ranks in searches. Default 400d.'),
        slots: keepAge.default(400 * dayMs).describe('Slots of schedules. Default 400d.'),
        observation_stats: keepAge
          .default(400 * dayMs)
          .describe('How well observations were predicted. Default 400d.'),
        actions: keepAge.default(800 * dayMs).describe('Actions of the ops pages. Default 800d.'),
      },
      'ages: raw, calls, observations, search_hits, slots, observation_stats, actions',
    )
      .prefault({})
      .describe('How long rows are kept; the first four are dropped by whole months.'),
    quotas: section(
      {
        per_second: z
          .number({ error: 'must be a number' })
          .positive('must be above 0')
          .max(1000, 'must be at most 1000')
          .default(4)
          .describe('Calls a second, all APIs and workers together.'),
        approved: z
          .partialRecord(z.enum(operationNames), approved, { error: 'must be approved volumes by operation' })
          .default({})
          .describe(
            'Volumes that 1688 approved, by operation, if they differ from the preset of the account.',
          ),
        groups: list(group, 'groups')
          .default([])
          .describe('Volumes that several APIs share, in addition to their own limits.'),
      },
      'quotas: per_second, approved, groups',
    )
      .prefault({})
      .describe('Limits of the app key.'),
    apis: z
      .partialRecord(z.enum(operationNames), z.string({ error: 'must be the name of an API' }), {
        error: 'must be APIs by operation',
      })
      .default({})
      .describe('The API that serves an operation: a known one, or namespace:name:version.'),
    schedules: list(schedule, 'schedules').default([]).describe('When to start runs automatically.'),
    trackers: list(tracker, 'trackers')
      .default([])
      .describe('Changes of prices, stock and listing to be notified of.'),
  },
  'settings: account, feeds ...',
);

/** `catalog-sync.yaml` after its defaults, still with the keys of the file. */
export type SyncFile = z.output<typeof syncFileSchema>;

/** The JSON Schema that editors use for completion, made from the same table. */
export function syncFileJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(syncFileSchema, { io: 'input' }), title: 'catalog-sync.yaml' };
}

/** The keys that the file may have at `path`; empty if the path does not exist. */
export function knownKeysAt(path: readonly (string | number)[]): readonly string[] {
  let node: unknown = syncFileJsonSchema();
  for (const part of path) {
    node = typeof part === 'number' ? read(node, 'items') : read(read(node, 'properties'), part);
  }
  const names = read(read(node, 'propertyNames'), 'enum');
  return Array.isArray(names) ? names.map(String) : Object.keys(read(node, 'properties') ?? {});
}

function read(node: unknown, key: string): object | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(node, key)?.value;
  return typeof value === 'object' && value !== null ? value : undefined;
}
