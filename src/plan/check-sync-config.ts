import { z } from 'zod';
import { chooseApi, operationOf } from './choose-api.ts';

/** What is wrong, and where: keys and list positions from the top of the file. */
export interface SyncFileProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const text = z.string().catch('');
const texts = z.array(text).catch([]);
const amount = z
  .union([z.string(), z.number()])
  .transform(Number)
  .refine(Number.isFinite)
  .nullable()
  .catch(null);

const emptyFeed = {
  name: '',
  categories: [],
  keywords: [],
  sellers: [],
  images: [],
  offers: [],
  boosts: [],
  max_offers: null,
  price_min_cny: null,
  price_max_cny: null,
};

const emptyGroup = { name: '', operations: [], daily: '' };
const group = z.object({
  name: text,
  operations: texts,
  daily: z.unknown().optional(),
  monthly: z.unknown().optional(),
});

/** A view of the file that fits any content, so that one bad value does not hide problems elsewhere. */
const lenientFile = z
  .object({
    feeds: z
      .array(
        z
          .object({
            name: text,
            categories: z.array(z.coerce.string().catch('')).catch([]),
            keywords: texts,
            sellers: texts,
            images: texts,
            offers: z.array(z.coerce.string().catch('')).catch([]),
            boosts: z.array(z.object({ from: text, until: text }).catch({ from: '', until: '' })).catch([]),
            max_offers: amount,
            price_min_cny: amount,
            price_max_cny: amount,
          })
          .catch(emptyFeed),
      )
      .catch([]),
    quotas: z
      .object({
        approved: z.record(z.string(), z.unknown()).catch({}),
        groups: z.array(group.catch(emptyGroup)).catch([]),
      })
      .catch({ approved: {}, groups: [] }),
    apis: z.record(z.string(), text).catch({}),
    schedules: z.array(z.object({ name: text, feeds: texts }).catch({ name: '', feeds: [] })).catch([]),
  })
  .catch({ feeds: [], quotas: { approved: {}, groups: [] }, apis: {}, schedules: [] });

type LenientFile = z.output<typeof lenientFile>;

function repeats(
  values: readonly string[],
  pathOf: (index: number) => SyncFileProblem['path'],
): SyncFileProblem[] {
  return values.flatMap((value, index) => {
    const first = values.indexOf(value);
    if (value === '' || first === index) return [];
    return [{ path: pathOf(index), message: `repeats entry ${String(first + 1)} of the list` }];
  });
}

const trimmed = (texts: readonly string[]) => texts.map((text) => text.trim());

function checkFeed(feed: LenientFile['feeds'][number], index: number): SyncFileProblem[] {
  const at = (...rest: (string | number)[]) => ['feeds', index, ...rest];
  const keywords = feed.keywords.map((keyword) => keyword.normalize('NFC').trim());
  const problems = [
    ...repeats(keywords, (position) => at('keywords', position)),
    ...repeats(feed.categories, (position) => at('categories', position)),
    ...repeats(trimmed(feed.sellers), (position) => at('sellers', position)),
    ...repeats(trimmed(feed.images), (position) => at('images', position)),
    ...repeats(feed.offers, (position) => at('offers', position)),
  ];
  const sources = [feed.categories, feed.keywords, feed.sellers, feed.images, feed.offers];
  if (sources.every((source) => source.length === 0)) {
    problems.push({ path: at(), message: 'needs categories, keywords, sellers, images or offers' });
  }
  if (feed.price_min_cny !== null && feed.price_max_cny !== null && feed.price_min_cny > feed.price_max_cny) {
    problems.push({ path: at('price_max_cny'), message: 'must not be below price_min_cny' });
  }
  if (feed.max_offers !== null && feed.max_offers < feed.offers.length) {
    problems.push({ path: at('max_offers'), message: 'must not be below the number of offers' });
  }
  for (const [position, { from, until }] of feed.boosts.entries()) {
    if (from !== '' && until !== '' && until < from)
      problems.push({ path: at('boosts', position, 'until'), message: 'must not be before from' });
  }
  return problems;
}

function checkSchedules({ feeds, schedules }: LenientFile): SyncFileProblem[] {
  const names = new Set(feeds.map((feed) => feed.name));
  return schedules.flatMap((schedule, index) => [
    ...repeats(schedule.feeds, (position) => ['schedules', index, 'feeds', position]),
    ...schedule.feeds.flatMap((feed, position) =>
      feed === '' || names.has(feed)
        ? []
        : [{ path: ['schedules', index, 'feeds', position], message: `there is no feed ${feed}` }],
    ),
  ]);
}

function checkGroups({ quotas: { groups } }: LenientFile): SyncFileProblem[] {
  const at = (...rest: (string | number)[]) => ['quotas', 'groups', ...rest];
  return [
    ...repeats(
      groups.map(({ name }) => name),
      (index) => at(index, 'name'),
    ),
    ...groups.flatMap(({ operations, daily, monthly }, index) => [
      ...repeats(
        operations.map((name) => operationOf(name) ?? name),
        (position) => at(index, 'operations', position),
      ),
      ...((daily ?? monthly ?? null) === null
        ? [{ path: at(index), message: 'needs daily or monthly' }]
        : []),
    ]),
  ];
}

/** Two keys of a table by operation that stand for the same one. */
function checkOperations(names: readonly string[], path: readonly string[]): SyncFileProblem[] {
  const operations = names.map((name) => operationOf(name) ?? name);
  return names.flatMap((name, index) => {
    const first = operations.indexOf(operations[index] ?? '');
    if (first === index) return [];
    return [{ path: [...path, name], message: `is the same operation as ${names[first] ?? ''}` }];
  });
}

function checkApis({ apis }: LenientFile): SyncFileProblem[] {
  return Object.entries(apis).flatMap(([name, api]) => {
    const operation = operationOf(name);
    const choice = operation === undefined || api === '' ? null : chooseApi(operation, api);
    return typeof choice === 'string' ? [{ path: ['apis', name], message: choice }] : [];
  });
}

/** The rules that look at more than one value of the file. Takes any content and never throws. */
export function checkSyncConfig(content: unknown): SyncFileProblem[] {
  const file = lenientFile.parse(content);
  return [
    ...repeats(
      file.feeds.map((feed) => feed.name),
      (index) => ['feeds', index, 'name'],
    ),
    ...file.feeds.flatMap(checkFeed),
    ...repeats(
      file.schedules.map((schedule) => schedule.name),
      (index) => ['schedules', index, 'name'],
    ),
    ...checkSchedules(file),
    ...checkOperations(Object.keys(file.quotas.approved), ['quotas', 'approved']),
    ...checkGroups(file),
    ...checkOperations(Object.keys(file.apis), ['apis']),
    ...checkApis(file),
  ];
}
