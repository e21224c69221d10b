import type { Choices } from './choose.ts';

/** What keeps a sync file within its calls. */
export interface Bounds {
  readonly searchDays: number;
  readonly detailDays: number;
  /** Of each search of a feed. */
  readonly maxPages: { readonly keywords: number; readonly categories: number };
  /** Of each feed; null: no bound. */
  readonly maxOffers: { readonly keywords: number; readonly categories: number } | null;
}

/** Nightly runs need some slack: an age of a day would sometimes miss one. */
const ageOf = (days: number): string => (days === 1 ? '20h' : `${String(days)}d`);

/** Each on one line: no item has a control character. */
const listOf = (items: readonly string[]): string =>
  `[${items.map((item) => `'${item.replaceAll("'", "''")}'`).join(', ')}]`;

function writeFeed(
  name: 'keywords' | 'categories',
  items: readonly string[],
  { maxPages, maxOffers }: Bounds,
): string[] {
  if (items.length === 0) return [];
  return [
    `  - name: ${name}`,
    `    ${name}: ${listOf(items)}`,
    `    max_pages: ${String(maxPages[name])} # of 50 rows each, of each search`,
    ...(maxOffers === null ? [] : [`    max_offers: ${String(maxOffers[name])}`]),
  ];
}

function writeQuotas({ approved }: Choices): string[] {
  const rows = Object.entries(approved).map(([operation, { daily, monthly }]) => {
    const volumes = [
      ...(daily === null ? [] : [`daily: ${String(daily)}`]),
      ...(monthly === null ? [] : [`monthly: ${String(monthly)}`]),
    ];
    return `    ${operation}: { ${volumes.join(', ')} }`;
  });
  if (rows.length === 0) return [];
  return [
    '# What 1688 approved, where that is not what is assumed for the account.',
    'quotas:',
    '  approved:',
    ...rows,
    '',
  ];
}

/** The text of a `catalog-sync.yaml`. */
export function writeSyncFile(choices: Choices, bounds: Bounds): string {
  return [
    '# What to sync. docs/configuration.md describes every key, catalog-sync.example.yaml shows more of them.',
    '# `catalog-sync plan` says how many calls this needs, and what would fit.',
    `account: ${choices.account}`,
    '',
    'feeds:',
    ...writeFeed('keywords', choices.keywords, bounds),
    ...writeFeed('categories', choices.categories, bounds),
    '',
    '# How old an answer may become before it is asked for again.',
    'freshness:',
    '  category: 7d',
    `  search: ${ageOf(bounds.searchDays)}`,
    `  detail: ${ageOf(bounds.detailDays)}`,
    '',
    ...writeQuotas(choices),
    '# For `catalog-sync serve` and `worker`. Cron can call `catalog-sync sync` instead.',
    'schedules:',
    '  - name: nightly',
    "    cron: '30 2 * * *'",
    '    timezone: Asia/Shanghai',
    '',
  ].join('\n');
}
