import { createPostgresBackend, createRedisBackend, withBackend } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { queuePrefix } from '../../../src/jobs/queue-backend.ts';
import { queueSchema } from '../../../src/jobs/queue-server.ts';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { countPaidTwice, expectTruth, readStats } from '../../support/catalog-truth.ts';

/** What another version, or somebody else, might have left in a queue. */
const foreignJobs: Readonly<Record<string, unknown>> = {
  'with fields that nobody knows': { runId: '1', offerIds: ['1'], priority: 'high', version: 9 },
  'without the fields that are needed': { ids: ['1'] },
  'with fields of another form': { runId: 7, offerIds: 'all' },
  'with ids that are none': { runId: "1'; DROP TABLE catalog.offer; --", offerIds: ['x'] },
  'with nothing': null,
};

/** The queue of details, as the product opens it. */
function openQueue({ env }: TestStack) {
  const url = env['REDIS_URL'];
  if (url !== undefined) {
    const { Queue } = withBackend(createRedisBackend);
    return new Queue<unknown>('detail', { connection: { url }, prefix: queuePrefix });
  }
  const { Queue } = withBackend(createPostgresBackend);
  const connectionString = env['DATABASE_URL'] ?? '';
  return new Queue<unknown>('detail', {
    connection: { connectionString, schema: queueSchema, max: 1, migrate: true },
  });
}

describe.each(listBackends())('on %s', (backend) => {
  it('jobs of another version go without a call, and their run goes on', () =>
    withTestStack({ backend }, async (stack) => {
      const queue = openQueue(stack);
      try {
        for (const [jobId, data] of Object.entries(foreignJobs))
          await queue.add('detail', data, { jobId, removeOnComplete: true, removeOnFail: true });
        expect((await queue.getJobCounts())['waiting']).toBe(Object.keys(foreignJobs).length);
        expect(await stack.run()).toMatchObject({ status: 'succeeded', counts: { errors: 0 } });
        for (const jobId of Object.keys(foreignJobs))
          expect(await queue.getJob(jobId), jobId).toBeUndefined();
      } finally {
        await queue.close();
      }
      await expectTruth(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      const { min_calls, calls } = await readStats(stack);
      expect(calls).toHaveLength(min_calls.total);
    }));
});
