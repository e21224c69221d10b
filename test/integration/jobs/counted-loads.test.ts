import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppError } from '../../../src/core/errors.ts';
import { databaseErrors } from '../../../src/db/errors.ts';
import { createCatalogLoader } from '../../../src/jobs/normalize-and-load.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import type { CallAnswered } from '../../../src/model/gateway.ts';
import { addCounts } from '../../../src/runs/add-counts.ts';
import { createRunStore } from '../../../src/runs/run-store.ts';
import { learnNothing, provenance } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { silent } from '../../support/gateway-inputs.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it('what a run loaded is in its counts, also where Postgres went away after the load', async () => {
  const runs = createRunStore({ pool: db.pool });
  const begun = await runs.begin({
    ...{
      scope: 'all',
      trigger: 'cli',
      source: 'sandbox',
      feedNames: [],
      budgetCalls: null,
      deadlineMs: null,
    },
  });
  if (begun.kind !== 'started') throw new Error(begun.kind);
  const { runId } = begun.run;
  let isAway = true;
  const loader = createCatalogLoader({
    catalog: createCatalogStore({ pool: db.pool, learn: learnNothing, log: silent, read: () => null }),
    addCounts: async (client, ...counted) => {
      if (isAway) throw new AppError(databaseErrors.DATABASE_UNREACHABLE, 'away');
      await addCounts(client, ...counted);
    },
  });
  const priceRangeList = [{ startQuantity: 1, price: '3' }];
  const answered: CallAnswered = {
    ...{ kind: 'answered', windowId: null, isCached: false, provenance: { ...provenance(1), runId } },
    request: { operation: 'offer.detail', offerId: '42', language: 'en' },
    payload: { offerId: 42, productSaleInfo: { quoteType: 0, priceRangeList }, productSkuInfos: [] },
  };
  await expect(loader.load([answered], runId)).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  isAway = false;
  expect(await loader.load([answered], runId)).toEqual([]);
  expect((await runs.read(runId))?.counts).toMatchObject({ offersNew: 1, pricesOpened: 1 });
});
