import { z } from 'zod';
import { guideApiNames } from '../model/guide-api-names.ts';

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
            price_min_cny: amount,
            price_max_cny: amount,
          })
          .catch({ name: '', categories: [], keywords: [], price_min_cny: null, price_max_cny: null }),
      )
      .catch([]),
    quotas: z.object({ approved: z.record(z.string(), z.unknown()).catch({}) }).catch({ approved: {} }),
    schedules: z.array(z.object({ name: text, feeds: texts }).catch({ name: '', feeds: [] })).catch([]),
  })
  .catch({ feeds: [], quotas: { approved: {} }, schedules: [] });

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

function checkFeed(feed: LenientFile['feeds'][number], index: number): SyncFileProblem[] {
  const at = (...rest: (string | number)[]) => ['feeds', index, ...rest];
  const keywords = feed.keywords.map((keyword) => keyword.normalize('NFC').trim());
  const problems = [
    ...repeats(keywords, (position) => at('keywords', position)),
    ...repeats(feed.categories, (position) => at('categories', position)),
  ];
  if (feed.categories.length === 0 && feed.keywords.length === 0) {
    problems.push({ path: at(), message: 'needs categories, keywords or both' });
  }
  if (feed.price_min_cny !== null && feed.price_max_cny !== null && feed.price_min_cny > feed.price_max_cny) {
    problems.push({ path: at('price_max_cny'), message: 'must not be below price_min_cny' });
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

function checkApproved({ quotas }: LenientFile): SyncFileProblem[] {
  const names = Object.keys(quotas.approved);
  const operations = names.map((name) => guideApiNames[name] ?? name);
  return names.flatMap((name, index) => {
    const first = operations.indexOf(operations[index] ?? '');
    if (first === index) return [];
    const message = `is the same operation as ${names[first] ?? ''}`;
    return [{ path: ['quotas', 'approved', name], message }];
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
    ...checkApproved(file),
  ];
}
