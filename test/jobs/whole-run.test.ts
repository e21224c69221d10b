import { describe, expect, it } from 'vitest';
import { listBackends, openTestStack } from '../support/stack.ts';
import { countPaidTwice, expectOneRowPerArrival, expectTruth, readStats } from './catalog-truth.ts';

const dayMs = 86_400_000;

describe.each(listBackends())('a run on %s', (backend) => {
  it('makes the catalog equal the truth with the fewest calls, each of them booked', async () => {
    const stack = await openTestStack({ backend });
    try {
      const run = await stack.run();
      expect(run).toMatchObject({ status: 'succeeded', cause: null });
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      const { least_calls, calls } = await readStats(stack);
      expect(run.callsUsed).toBe(calls.length);
      expect(run.callsUsed).toBeLessThanOrEqual(1.05 * least_calls.total);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(stack.logs).toEqual([]);

      const again = await stack.run();
      expect(again).toMatchObject({ status: 'succeeded', callsUsed: 0 });

      await stack.advance(dayMs);
      const nextDay = await stack.run();
      expect(nextDay).toMatchObject({ status: 'succeeded' });
      expect(nextDay.counts.pricesClosed).toBeGreaterThan(0);
      await expectTruth(stack);
    } finally {
      await stack.close();
    }
  });
});
