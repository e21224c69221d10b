import type { World } from '../planner/world.ts';
import { sum } from '../support/numbers.ts';
import type { Stack } from '../support/stack.ts';

/** The detail that a catalog has of an offer of the sandbox. */
export interface Copy {
  readonly offer: number;
  readonly weight: number;
  /** When it was fetched, and when it is judged; in days since the sandbox began. */
  readonly detailDay: number;
  readonly nowDay: number;
}

/** What is said of all details of a catalog at one time. */
export interface Condition {
  readonly meanDays: number;
  readonly medianDays: number;
  readonly p90Days: number;
  /** The share of details that 1688 would answer alike now; `weightedRight`: by the importance of offers. */
  readonly right: number;
  readonly weightedRight: number;
}

/** The details that the product has, at noon between two runs of a day; those of offers that came after the world began are left out. */
export async function readCopies(stack: Stack, indexOf: ReadonlyMap<string, number>): Promise<Copy[]> {
  const rows = await stack.query<Omit<Copy, 'offer'> & { readonly offerId: string }>(
    `SELECT offer_id AS "offerId", popularity AS weight,
            (extract(epoch FROM detail_at - $1) / 86400)::float8 AS "detailDay",
            (extract(epoch FROM usage.ledger_now() - $1) / 86400 + 0.5)::float8 AS "nowDay"
     FROM sync.refresh WHERE feed_set <> 0 AND bucket IS NOT NULL AND detail_at IS NOT NULL`,
    [stack.startAt],
  );
  return rows.flatMap(({ offerId, ...copy }) => {
    const offer = indexOf.get(offerId);
    return offer === undefined ? [] : [{ ...copy, offer }];
  });
}

function isRight({ firstChange, changeAt }: World, { offer, detailDay, nowDay }: Copy): boolean {
  const own = changeAt.subarray(firstChange[offer], firstChange[offer + 1]);
  return own.every((at) => at <= detailDay || at > nowDay);
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** @param copies one at least */
export function toCondition(copies: readonly Copy[], world: World): Condition {
  const ages = copies.map(({ nowDay, detailDay }) => nowDay - detailDay).toSorted((a, b) => a - b);
  const right = copies.filter((copy) => isRight(world, copy));
  return {
    meanDays: sum(ages) / ages.length,
    medianDays: quantile(ages, 0.5),
    p90Days: quantile(ages, 0.9),
    right: right.length / copies.length,
    weightedRight: sum(right.map(({ weight }) => weight)) / sum(copies.map(({ weight }) => weight)),
  };
}

/** The mean of each figure. */
export function meanCondition(conditions: readonly Condition[]): Condition {
  const mean = (figure: keyof Condition) =>
    sum(conditions.map((condition) => condition[figure])) / conditions.length;
  return {
    meanDays: mean('meanDays'),
    medianDays: mean('medianDays'),
    p90Days: mean('p90Days'),
    right: mean('right'),
    weightedRight: mean('weightedRight'),
  };
}
