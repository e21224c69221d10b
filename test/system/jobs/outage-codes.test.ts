import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { createPool } from '../../../src/db/pool.ts';
import { fetchTargets, type FetchDeps } from '../../../src/jobs/fetch-targets.ts';
import { createCatalogLoader } from '../../../src/jobs/normalize-and-load.ts';
import { openQueues } from '../../../src/jobs/queue-backend.ts';
import { createCatalogStore } from '../../../src/load/catalog-store.ts';
import { createUploadStore } from '../../../src/load/upload-store.ts';
import { addCounts } from '../../../src/runs/add-counts.ts';
import type { CallAnswered } from '../../../src/model/gateway.ts';
import { learnNothing } from '../../support/answers.ts';
import { createTestDatabase } from '../../support/database.ts';
import { roots, silent } from '../../support/gateway-inputs.ts';
import { startTestRedis } from '../../support/redis.ts';
import { listBackends } from '../../support/stack.ts';
import { openWeakLink } from '../../support/weak-link.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A pool of connections to a database that is away. */
async function openLostPool() {
  const database = await createTestDatabase();
  const link = await openWeakLink(database.url);
  const pool = createPool({ connectionString: link.url, max: 2, log: silent });
  closing.push(
    () => database.drop(),
    () => pool.end(),
  );
  await pool.query('SELECT 1');
  await link.cut();
  return pool;
}

const answer: CallAnswered = {
  kind: 'answered',
  provenance: { callId: '1', rawId: '1', runId: '7', observedAt: new Date() },
  request: roots,
  windowId: null,
  payload: { categoryInfo: [], succes: 'true' },
  isCached: false,
};

describe('while Postgres is away', () => {
  it('an answer that is not loaded is tried again, and not put into quarantine', async () => {
    const pool = await openLostPool();
    const catalog = createCatalogStore({ pool, learn: learnNothing, log: silent, read: () => null });
    const loader = createCatalogLoader({ catalog, addCounts });
    await expect(loader.load([answer], '7')).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE' });
  });

  it('a target that is not asked for because of it is tried again, and not given up for today', async () => {
    const uploads = createUploadStore({ pool: await openLostPool(), appKey: '1' });
    const never = new AbortController().signal;
    const deps = {
      ...{ callConcurrency: 1, drain: never, stopNow: never, log: silent },
      loader: { load: () => Promise.resolve([]) },
      uploadQueryImage: () => uploads.find('00').then(() => ({ kind: 'address', url: '' })),
    } as unknown as FetchDeps;
    const request = { operation: 'search.image', image: 'a.jpg', page: 1, language: 'en' };
    const targets = [{ id: '1', windowId: '1', request }] as unknown as Parameters<typeof fetchTargets>[1];
    const context = { runId: '7', jobId: null, lane: 'discovery', freshForMs: 0 } as const;
    const { failed } = await fetchTargets(deps, targets, context);
    expect(failed.map(({ error }) => error)).toMatchObject([
      { code: 'DATABASE_UNREACHABLE', recovery: 'retry' },
    ]);
  });
});

describe.runIf(listBackends().includes('redis'))('queues in a Redis', () => {
  async function openLink() {
    const redis = await startTestRedis();
    const link = await openWeakLink(redis.url ?? '');
    const queues = openQueues({
      server: { backend: 'redis', url: new Secret(link.url) },
      ...{ log: silent, retryDelayMs: 20, onSettled: () => undefined },
    });
    closing.push(
      () => redis.close(),
      () => queues.close(),
    );
    return { queues, link };
  }
  const job = { jobId: '1-c0', data: { runId: '1', categoryId: '0' } };

  it('that is away say so, whether they count or add', async () => {
    const { queues, link } = await openLink();
    expect(await queues.count('category')).toEqual({ active: 0, unfinished: 0 });
    expect(await queues.findTrouble()).toBeNull();
    await link.cut();
    expect(await queues.findTrouble()).toBe('REDIS_UNREACHABLE');
    await expect(queues.count('category')).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
    await expect(queues.add('category', [job])).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' });
  });

  it('that does not answer, not even while they open, are not waited for', async () => {
    const { queues, link } = await openLink();
    link.stall();
    closing.push(async () => link.mend());
    await expect(queues.count('category')).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      message: expect.stringContaining('no answer within 3 s') as string,
    });
  });
});
