import { afterAll, beforeAll, expect, it } from 'vitest';
import { toBuckets } from '../../../bench/confidence/buckets.ts';
import { judgeWorld, worlds } from '../../../bench/confidence/judge-world.ts';
import { createLogger } from '../../../src/core/log.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* The small form of `npm run bench:confidence`: bench/confidence.ts. */

const log = createLogger({ level: 'silent', pretty: false });
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

it.each(worlds)(
  'as many figures hold as the catalog says, of those that it is sure of, where it is $name',
  async ({ nature }) => {
    const scale = { offers: 1000, runs: 20, seed: 101, nature };
    const judgements = await judgeWorld({ pool: db.pool, log }, scale);
    for (const figure of ['offer', 'prices', 'stock'] as const) {
      const buckets = toBuckets(judgements.filter((one) => one.figure === figure));
      expect(buckets.reduce((sum, { figures }) => sum + figures, 0)).toBeGreaterThan(2000);
      // What changed lately changes again sooner than its rate says: below, bench:confidence prints by how much.
      const sure = buckets.filter(({ predicted }) => predicted >= 0.8);
      expect(sure.length).toBeGreaterThan(0);
      expect(sure.filter(({ isBreach }) => isBreach)).toEqual([]);
    }
  },
  120_000,
);
