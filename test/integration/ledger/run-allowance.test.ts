import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

/** A day of Shanghai, the 25th of a month of 30 days. */
const dayStartsAt = '2026-11-25T00:00+08:00';
const dayEndsAt = '2026-11-26T00:00+08:00';
const monthEndsAt = '2026-12-01T00:00+08:00';

interface Window {
  readonly limit: number;
  readonly used?: number;
  readonly usedToday?: number;
  /** Default: noon. */
  readonly at?: string;
}

async function allow(kind: string, reset: string, { limit, used = 0, usedToday = 0, at = '12:00' }: Window) {
  const endsAt = kind === 'month' ? monthEndsAt : dayEndsAt;
  const { rows } = await db.pool.query<Record<string, number | null>>(
    'SELECT spent, share, kept, kept_now, spendable FROM usage.run_allowance($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [kind, reset, limit, used, usedToday, dayStartsAt, dayEndsAt, endsAt, `2026-11-25T${at}+08:00`],
  );
  const [row] = rows;
  return [row?.['spent'], row?.['share'], row?.['kept'], row?.['kept_now'], row?.['spendable']];
}

// Spent, share, kept, kept now, spendable: each by hand.
describe('what runs may spend of a day', () => {
  test.each<[string, Window, number[]]>([
    ['all but one in twenty', { limit: 40 }, [0, 40, 2, 2, 38]],
    ['less what was used', { limit: 40, used: 10, usedToday: 3 }, [10, 40, 2, 2, 28]],
    ['two hours before its end', { limit: 40, at: '22:00' }, [0, 40, 2, 2, 38]],
    ['an hour before its end, half of what is kept as well', { limit: 40, at: '23:00' }, [0, 40, 2, 1, 39]],
    ['at its last minute', { limit: 400, at: '23:59' }, [0, 400, 20, 1, 399]],
    ['never less than nothing', { limit: 40, used: 39 }, [39, 40, 2, 2, 0]],
    ['nothing is kept of a limit below twenty', { limit: 19 }, [0, 19, 0, 0, 19]],
  ])('%s', async (_, window, expected) => {
    expect(await allow('day', 'calendar', window)).toEqual(expected);
  });

  test('of a rolling one, the same is kept at any hour', async () => {
    expect(await allow('day', 'rolling', { limit: 40, at: '23:59' })).toEqual([0, 40, 2, 2, 38]);
  });
});

describe('what runs may spend of a month on one day', () => {
  test.each<[string, string, Window, number[]]>([
    ['a sixth of what the five days after it have too', 'calendar', { limit: 240 }, [0, 40, 2, 2, 38]],
    // (240 - 20) / 6 = 36.7
    ['rounded up', 'calendar', { limit: 240, used: 30, usedToday: 10 }, [10, 37, 1, 1, 26]],
    ['no more than is left', 'calendar', { limit: 240, used: 239, usedToday: 200 }, [200, 34, 1, 1, 0]],
    ['an hour before the end of the day', 'calendar', { limit: 240, at: '23:00' }, [0, 40, 2, 1, 39]],
    ['a 32nd of a rolling one', 'rolling', { limit: 640, used: 70, usedToday: 5 }, [5, 20, 1, 0, 15]],
    ['one at least', 'rolling', { limit: 10 }, [0, 1, 0, 0, 1]],
    ['no more than is left of a rolling one', 'rolling', { limit: 640, used: 637 }, [0, 20, 1, 0, 3]],
  ])('%s', async (_, reset, window, expected) => {
    expect(await allow('month', reset, window)).toEqual(expected);
  });
});

test('a minute has no share, and nothing of it is kept', async () => {
  expect(await allow('minute', 'rolling', { limit: 7, used: 3 })).toEqual([3, null, null, null, 4]);
});
