import type { ApiOperation } from '../../model/known-apis.ts';
import type { Knowledge } from './knowledge.ts';
import { shareLimits } from './share-limits.ts';

/** Calls until the initial crawl is complete, of each API. */
export function callsToFirstPass({ feeds, searches, offers }: Knowledge): Map<ApiOperation, number> {
  const calls = new Map<ApiOperation, number>();
  const add = (operation: ApiOperation, count: number) =>
    calls.set(operation, (calls.get(operation) ?? 0) + count);
  for (const { nodesToFirstPass } of feeds) add('category.children', nodesToFirstPass);
  for (const { operation, windows, pagesToFirstPass } of searches) add(operation, windows * pagesToFirstPass);
  for (const { offers: count, sample } of offers) {
    const without = sample.filter(({ hasDetail }) => !hasDetail).length;
    add('offer.detail', (count * without) / sample.length);
  }
  return calls;
}

/**
 * Days, counting the present one, until this many calls of each API are made; Infinity: never. Calls that repeat what is known wait
 * meanwhile, because they are worth less.
 */
export function daysFor(
  calls: ReadonlyMap<ApiOperation, number>,
  { limits }: Pick<Knowledge, 'limits'>,
): number {
  let left = new Map([...calls].filter(([, count]) => count > 1e-9));
  if (left.size === 0) return 0;
  const spend = (room: ReadonlyMap<ApiOperation, number>, days: number) =>
    new Map(
      [...left]
        .map(([operation, count]) => [operation, count - days * (room.get(operation) ?? 0)] as const)
        .filter(([, count]) => count > 1e-6),
    );
  left = spend(
    shareLimits(left, limits, (limit) => limit.left),
    1,
  );
  let days = 1;
  // Each round ends at least one API.
  while (left.size > 0) {
    const daily = shareLimits(left, limits, ({ perDay }) => perDay);
    const soonest = Math.min(...[...left].map(([operation, count]) => count / (daily.get(operation) ?? 0)));
    if (!Number.isFinite(soonest)) return Infinity;
    const taken = Math.max(1, Math.ceil(soonest - 1e-9));
    left = spend(daily, taken);
    days += taken;
  }
  return days;
}
