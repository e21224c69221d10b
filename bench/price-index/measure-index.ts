import type { Pool } from 'pg';
import { dayMs } from '../../src/core/duration.ts';
import { fillObserved } from './fill-observed.ts';
import { observeWorld, trueChangeRate, trueIndex, type ObserveOptions } from './observe-world.ts';

export interface IndexErrors {
  /** In points of the index, by day after the 7th and by time at which it was asked; the truth is 100 at the start. */
  readonly points: readonly number[];
  readonly carried: readonly number[];
  /** How far the true index went. */
  readonly moved: number;
  /** Changes of list prices for each offer and day, as the last time saw them. */
  readonly rates: {
    readonly real: number;
    readonly perDay: number;
    readonly perExposureDay: number;
    /** Changes by observations of details. */
    readonly naive: number;
  };
}

interface IndexRow {
  readonly index_points: string;
  readonly carried_points: string;
}

interface RateRow {
  readonly per_day: string;
  readonly per_exposure_day: string;
  readonly naive: string;
}

const firstComparedDay = 8;

/** Shanghai's midnight, so many days before the last one. */
function midnightBefore(days: number): Date {
  const offsetMs = dayMs / 3;
  return new Date(Math.floor((Date.now() + offsetMs) / dayMs) * dayMs - offsetMs - days * dayMs);
}

/** Fills the database with what was known on several days of a world, and compares the index of each. */
export async function measureIndex(
  pool: Pool,
  options: Omit<ObserveOptions, 'startAt'>,
): Promise<IndexErrors> {
  const { days } = options;
  const world = await observeWorld({ ...options, startAt: midnightBefore(days) });
  const truth = trueIndex(world);
  const [points, carried]: [number[], number[]] = [[], []];
  for (const asked of [firstComparedDay + 1, 15, 22, days].filter((day) => day <= days)) {
    // In the last minutes of a day; the first day is that of the first fetch, and its end is 100.
    await fillObserved(pool, world, asked - 0.001);
    const { rows } = await pool.query<IndexRow>('SELECT * FROM analytics.price_index($1)', [asked - 1]);
    for (const [nth, row] of rows.entries()) {
      if (nth + 1 < firstComparedDay) continue;
      points.push(Math.abs(Number(row.index_points) - (truth[nth + 1] ?? NaN)));
      carried.push(Math.abs(Number(row.carried_points) - (truth[nth + 1] ?? NaN)));
    }
  }
  const { rows } = await pool.query<RateRow>(
    `SELECT per_day, per_exposure_day,
            (SELECT count(DISTINCT (h.offer_id, h.valid_to)) FROM analytics.fct_price_history h
             WHERE h.kind = 'list' AND NOT h.is_current)::numeric
            / (SELECT count(*) FROM analytics.fct_observation o WHERE o.source = 'detail' AND o.is_found) AS naive
     FROM analytics.change_rates($1)
     WHERE category_id IS NULL AND figure = 'list'`,
    [days],
  );
  const rates = {
    real: trueChangeRate(world),
    perDay: Number(rows[0]?.per_day),
    perExposureDay: Number(rows[0]?.per_exposure_day),
    naive: Number(rows[0]?.naive),
  };
  return { points, carried, moved: Math.max(...truth) - 100, rates };
}
