import { expect, it } from 'vitest';
import { noCounts } from '../../../src/model/reprocess.ts';
import { dumpCatalog, runReprocess } from '../../support/reprocess-world.ts';
import { withTestStack } from '../../support/stack.ts';
import { expectTruth } from '../../support/catalog-truth.ts';

const dayMs = 86_400_000;
/** The second run asks for every detail, also of offers whose rows stayed the same. */
const asksForAll = { freshness: { categoryMs: 7 * dayMs, searchMs: dayMs / 2, detailMs: 60_000 } };

it('changes nothing in the catalog of a whole sync, whatever order its workers loaded it in', () =>
  withTestStack({ backend: 'postgres', sandbox: { offers: 120 } }, async (stack) => {
    for (let day = 0; day < 3; day += 1) {
      if (day > 0) await stack.advance(dayMs);
      expect((await stack.run()).status).toBe('succeeded');
    }
    const { pool } = stack.database;
    const before = await dumpCatalog(pool);
    const counts = await runReprocess(pool, true);
    expect(counts).toEqual({ ...noCounts, answers: counts.answers });
    expect(counts.answers).toBe(before['raw.payload']?.length);
    expect(await dumpCatalog(pool)).toEqual(before);
  }));

it('rebuilds what is wrong while a sync goes on, and the catalog equals the truth at its end', () =>
  withTestStack({ backend: 'postgres', sandbox: { offers: 120 }, sync: asksForAll }, async (stack) => {
    await stack.run();
    await stack.query(`UPDATE catalog.price SET amount_cny = amount_cny + 1 WHERE offer_id % 2 = 0`);
    await stack.query(`UPDATE catalog.offer SET subject = 'wrong' WHERE offer_id % 3 = 0`);
    await stack.query('UPDATE catalog.sku SET stock = 1');
    await stack.advance(dayMs);
    const [run, counts] = await Promise.all([stack.run(), runReprocess(stack.database.pool, true)]);
    expect(run.status).toBe('succeeded');
    expect(counts.offersChanged).toBeGreaterThan(0);
    await runReprocess(stack.database.pool, true);
    await expectTruth(stack);
    expect(stack.logs).toEqual([]);
  }));
