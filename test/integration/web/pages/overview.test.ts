import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CatalogCount } from '../../../../src/web/reads/overview-pages.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { openWebWorld } from '../../../support/web-world.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

async function showOverview(counted: CatalogCount | null): Promise<string> {
  const world = await openWebWorld({ database, deps: { catalog: { get: () => Promise.resolve(counted) } } });
  try {
    return await world.get('/');
  } finally {
    await world.close();
  }
}

function countedBefore(ms: number): CatalogCount {
  const ages = { neverDetailed: 250_000, within1d: 300_000, within7d: 700_000, medianAgeH: 48 };
  const sizes = { offers: 1_000_000, listed: 950_000, categories: 2000, sellers: 10_000, skus: 2_000_000 };
  return { at: new Date(Date.now() - ms), ...ages, ...sizes };
}

test('a large catalog is shown as it was counted, with when that was', async () => {
  const page = await showOverview(countedBefore(5 * 60_000));
  expect(page).toContain('1,000,000 offers');
  expect(page).toContain('250,000 offers without a detail answer');
  expect(page.match(/Counted 5 (min|minutes)/g)).toHaveLength(2);
});

test('a count of this moment is shown without its time', async () => {
  expect(await showOverview(countedBefore(1000))).not.toContain('Counted');
});

test('before the first count there is no number of offers, and the page says why', async () => {
  const page = await showOverview(null);
  expect(page).toContain('still being counted');
  expect(page).not.toMatch(/\d offers/);
  expect(page).toContain('Quota of today');
});
