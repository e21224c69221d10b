import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());
beforeEach(() => db.pool.query('TRUNCATE sync.search_window CASCADE'));

/** A search with what its last pass showed; gives its id. */
async function addSearch(keyword: string, columns: Readonly<Record<string, unknown>>): Promise<string> {
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${String(index + 2)}`);
  const { rows } = await db.pool.query<{ id: string }>(
    `INSERT INTO sync.search_window (feed, language, keyword, ${names.join()}) VALUES ('a', 'en', $1, ${places.join()})
     RETURNING window_id::text AS id`,
    [keyword, ...Object.values(columns)],
  );
  return rows[0]?.id ?? '';
}

async function coverageOf(id: string): Promise<unknown> {
  const { rows } = await db.pool.query(
    `SELECT parts, total_records, reach, is_capped, coverage, offers_new, offers_changed, troubled_parts, saved_calls, completed_at,
            full_pass_at
     FROM usage.search_coverage WHERE window_id = $1`,
    [id],
  );
  return rows[0];
}

const at = (day: number) => new Date(Date.UTC(2026, 10, day));
const passed = (total: number, reach: number, day: number) => ({
  ...{ total_records: total, last_reach: reach, last_outcome: 'complete' },
  ...{ completed_at: at(day), full_pass_at: at(day - 1) },
});
const part = (parent: string, least: number) => ({ parent_window_id: parent, price_min_cny: least });

it('a search that is read as one has its own figures', async () => {
  const own = { ...passed(300, 200, 5), last_new: 7, last_changed: 8, saved_calls: 2 };
  expect(await coverageOf(await addSearch('one', own))).toEqual({
    ...{ parts: 0, total_records: 300, reach: 200, is_capped: false, coverage: '0.6667' },
    ...{ offers_new: 7, offers_changed: 8, troubled_parts: 0, saved_calls: 2 },
    ...{ completed_at: at(5), full_pass_at: at(4) },
  });
  // Records may go while a search is read.
  expect(await coverageOf(await addSearch('more', passed(300, 301, 5)))).toMatchObject({
    coverage: '1.0000',
  });
  expect(await coverageOf(await addSearch('all', passed(300, 300, 5)))).toMatchObject({ coverage: '1.0000' });
  const capped = { ...passed(2_000, 2_000, 5), last_outcome: 'capped' };
  expect(await coverageOf(await addSearch('capped', capped))).toMatchObject({
    is_capped: true,
    coverage: null,
  });
});

it('a search that is read in parts has the sum of those that are not retired, and the time of the oldest', async () => {
  const whole = await addSearch('whole', { ...passed(2_000, 40, 1), is_split: true, saved_calls: 5 });
  await addSearch('whole', {
    ...part(whole, 1),
    ...{ ...passed(100, 60, 7), last_new: 3, last_changed: 2, saved_calls: 1 },
  });
  await addSearch('whole', {
    ...part(whole, 10),
    ...{ ...passed(50, 50, 6), last_new: 4, last_changed: 1, last_outcome: 'truncated' },
  });
  await addSearch('whole', {
    ...part(whole, 20),
    ...{ ...passed(999, 1, 2), last_new: 9, last_changed: 9, last_outcome: 'capped', retired_at: at(3) },
  });
  expect(await coverageOf(whole)).toEqual({
    ...{ parts: 2, total_records: 150, reach: 110, is_capped: false, coverage: '0.7333' },
    ...{ offers_new: 7, offers_changed: 3, troubled_parts: 1, saved_calls: 6 },
    ...{ completed_at: at(6), full_pass_at: at(5) },
  });
});

it('a part that was never read leaves the total and the time of all unknown', async () => {
  const whole = await addSearch('whole', { ...passed(2_000, 40, 1), is_split: true });
  await addSearch('whole', { ...part(whole, 1), ...passed(100, 60, 7) });
  await addSearch('whole', part(whole, 10));
  expect(await coverageOf(whole)).toMatchObject({
    ...{ parts: 2, total_records: null, reach: 60, coverage: null },
    ...{ completed_at: null, full_pass_at: null },
  });
});

it('a retired search has no row', async () => {
  const id = await addSearch('gone', { ...passed(10, 10, 5), retired_at: at(6) });
  expect(await coverageOf(id)).toBeUndefined();
});
