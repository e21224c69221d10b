import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  insertIntervals,
  insertObservedOffers,
  insertOffers,
  openPast,
} from '../../support/analytics-world.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await openPast(db);
});
afterAll(() => db.drop());

interface Observation {
  /** Days ago. */
  readonly day: number;
  /** Null: the answer was empty. */
  readonly cny: number | null;
}

interface Question {
  readonly days: number;
  /** Null: without bound. */
  readonly maxGap: number | null;
}

/** Looks as a history keeps them: an interval ends at the observation that shows another price. */
async function insertHistory(offerId: string, observations: readonly Observation[]): Promise<void> {
  await insertOffers(db, [{ offerId }]);
  const shown = observations.filter(({ cny }) => cny !== null);
  const changes = shown.filter(({ cny }, i) => cny !== shown[i - 1]?.cny);
  await insertIntervals(
    db,
    changes.map(({ day, cny }, i) => ({
      offerId,
      cny: String(cny),
      from: day,
      to: changes[i + 1]?.day ?? null,
    })),
  );
  const empty = observations.filter(({ cny }) => cny === null).map(({ day }) => day);
  await insertObservedOffers(
    db,
    offerId,
    observations.map(({ day }) => day),
    empty,
  );
}

/** Day by day, by the definition in docs/cookbook.md. */
function expected(observations: readonly Observation[], { days, maxGap }: Question) {
  const isCovered = (day: number) =>
    observations.some((observation, i) => {
      const next = observations[i + 1];
      if (observation.day === day) return true;
      return (
        next?.cny === observation.cny &&
        observation.day - next.day <= (maxGap ?? Infinity) &&
        observation.day > day &&
        day > next.day
      );
    });
  const covered = Array.from({ length: days }, (_, day) => day).filter(isCovered).length;
  const within = observations.filter(({ day }) => day < days);
  // The newest before the days is carried into them.
  const told = within.length > 0 ? within : observations.slice(-1);
  const prices = told.flatMap(({ cny }) => (cny === null ? [] : [cny]));
  return { covered, lowest: prices.length === 0 ? null : Math.min(...prices) };
}

it('lowest_price covers the days, and finds the low, that its definition says, whatever was fetched', async () => {
  let offerId = 1000;
  const observation = fc.record({ day: fc.nat(20), cny: fc.constantFrom(5, 6, 7, null) });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(observation, { selector: ({ day }) => day, minLength: 1, maxLength: 14 }),
      fc.record({ days: fc.integer({ min: 1, max: 15 }), maxGap: fc.option(fc.integer({ min: 0, max: 6 })) }),
      async (drawn, question) => {
        const observations = drawn.toSorted((a, b) => b.day - a.day);
        offerId += 1;
        await insertHistory(String(offerId), observations);
        const { rows } = await db.pool.query<{ price_cny: string | null; covered_days: number }>(
          `SELECT price_cny, covered_days FROM analytics.lowest_price($1, $2, make_interval(days => $3), 0)`,
          [offerId, question.days, question.maxGap],
        );
        const { covered, lowest } = expected(observations, question);
        expect(
          rows.map((row) => [row.covered_days, row.price_cny === null ? null : Number(row.price_cny)]),
        ).toEqual([[covered, lowest]]);
      },
    ),
    { numRuns: 60 },
  );
});
