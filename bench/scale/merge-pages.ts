import type { Pool } from 'pg';
import { createLogger } from '../../src/core/log.ts';
import { createCatalogStore } from '../../src/load/catalog-store.ts';
import type { LoadableAnswer, Provenance } from '../../src/model/catalog.ts';
import { learn } from '../../src/refresh/learn.ts';
import { found, price, searchPage, searchRow, sku } from '../../test/support/answers.ts';
import { createSeededRandom } from '../chaos/seeded-random.ts';
import { firstOfferId, windowsOf } from './fill-catalog.ts';

const log = createLogger({ level: 'error', pretty: false });

/** Far above the ids of calls that were made up with the catalog. */
let nextCallId = 10_000_000_000n;

function provenance(now: Date): Provenance {
  nextCallId += 1n;
  return { callId: String(nextCallId), rawId: String(nextCallId), runId: null, observedAt: now };
}

export interface MergeTimes {
  /** A page of 50 rows, in ms. */
  readonly pageMs: number;
  /** 25 details, in ms. */
  readonly detailsMs: number;
}

export interface Merger {
  merge(): Promise<MergeTimes>;
}

/**
 * Merges a page and a batch of details of offers from all over a catalog of `offers`; every fifth shows another price than
 * the last one.
 */
export async function createMerger(pool: Pool, offers: number): Promise<Merger> {
  const catalog = createCatalogStore({ pool, learn, log, read: () => null });
  const random = createSeededRandom(offers);
  const anyOffer = () => String(firstOfferId + BigInt(Math.floor(random.between(0, offers))));
  const ids = (count: number) => [...new Set(Array.from({ length: count }, anyOffer))];
  const amount = () => (random.between(0, 1) < 0.2 ? random.between(1, 100).toFixed(2) : '50');
  const { rows } = await pool.query<{ now: Date }>('SELECT usage.ledger_now() AS now');
  const startMs = rows[0]?.now.getTime() ?? 0;
  let round = 0;
  const page = (): LoadableAnswer =>
    searchPage(
      String(1 + Math.floor(random.between(0, windowsOf(offers)))),
      provenance(new Date(startMs + round * 1000)),
      ids(50).map((id, i) => searchRow(id, { rank: i + 1, priceCny: amount() })),
      { totalRecords: 50 },
    );
  const details = (): LoadableAnswer[] =>
    ids(25).map((id) =>
      found(id, provenance(new Date(startMs + round * 1000)), {
        prices: [2, 100, 1000].map((minQuantity) => price(amount(), { minQuantity })),
        skus: [1, 2].map((n) => sku(String(4_000_000_000_000 + n))),
      }),
    );
  const time = async (answers: readonly LoadableAnswer[]) => {
    const startedMs = performance.now();
    await catalog.load(answers);
    return performance.now() - startedMs;
  };
  return {
    merge: async () => {
      round += 1;
      return { pageMs: await time([page()]), detailsMs: await time(details()) };
    },
  };
}
