import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { listBackends, withTestStack, type TestStack } from '../../support/stack.ts';
import { until } from '../../support/until.ts';
import {
  countPaidTwice,
  expectOneRowPerArrival,
  expectTruth,
  readStats,
} from '../../support/catalog-truth.ts';

/** Everything that a queue holds is gone. */
async function emptyQueues(stack: TestStack): Promise<void> {
  const url = stack.env['REDIS_URL'];
  if (url === undefined) {
    await stack.query('TRUNCATE bullmq.job CASCADE');
    return;
  }
  const redis = new Redis(url);
  await redis.flushdb();
  redis.disconnect();
}

async function callsUsed(stack: TestStack): Promise<number> {
  const [row] = await stack.query<{ calls: number }>('SELECT max(calls_used) AS calls FROM sync.run');
  return row?.calls ?? 0;
}

/** Runs until all searches are done, then pays for details that nobody loads. */
async function payWithoutLoading(stack: TestStack, count: number): Promise<string[]> {
  const { min_calls } = await readStats(stack);
  await stack.run({ budgetCalls: min_calls.nodes + min_calls.pages });
  const offers = await stack.query<{ offer_id: string }>(
    'SELECT offer_id FROM sync.refresh WHERE detail_at IS NULL ORDER BY offer_id LIMIT $1',
    [count],
  );
  const rawIds: string[] = [];
  for (const { offer_id: offerId } of offers) {
    const context = { runId: null, jobId: null, windowId: null, lane: 'refresh', freshForMs: 0 } as const;
    const answer = await stack.app.gateway.call(
      { operation: 'offer.detail', offerId, language: 'en' },
      context,
    );
    if (answer.kind !== 'answered') throw new Error(`not answered: ${answer.by}`);
    rawIds.push(answer.provenance.rawId);
  }
  return rawIds;
}

describe.each(listBackends())('on %s', (backend) => {
  it('a queue that is emptied in mid-run is filled again, for no further call', () =>
    withTestStack({ backend, sandbox: { latencyMs: 20 } }, async (stack) => {
      const running = stack.run();
      for (const calls of [15, 35, 70]) {
        await until(async () => (await callsUsed(stack)) >= calls);
        await emptyQueues(stack);
      }
      expect(await running).toMatchObject({ status: 'succeeded', counts: { errors: 0 } });
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      expect(await countPaidTwice(stack)).toBe(0);
      expect(await callsUsed(stack)).toBe((await readStats(stack)).min_calls.total);
    }));

  it('two processes share a run without asking for anything twice', () =>
    withTestStack({ backend, sandbox: { latencyMs: 20 } }, async (stack) => {
      const helper = await stack.openProcess();
      const request = { scope: 'all', feedNames: ['all'], trigger: 'test', source: 'sandbox' } as const;
      await stack.app.runs.claimSource('sandbox');
      const begun = await stack.app.runs.begin({ ...request, budgetCalls: null, deadlineMs: null });
      if (begun.kind !== 'started') throw new Error(`the run is ${begun.kind}`);
      const { runId } = begun.run;
      const first = stack.app.conduct(async () => (await callsUsed(stack)) >= 70);
      await until(async () => (await callsUsed(stack)) >= 15);
      const second = helper.app.conduct(async () => (await helper.app.runs.read(runId))?.endedAt !== null);
      await Promise.all([first, second]);
      expect(await helper.app.runs.read(runId)).toMatchObject({ status: 'succeeded' });
      await expectTruth(stack);
      await expectOneRowPerArrival(stack);
      expect(await callsUsed(stack)).toBe((await readStats(stack)).min_calls.total);
    }));

  it('a scope has one active run: a second start reports it', () =>
    withTestStack({ backend, sandbox: { latencyMs: 20 } }, async (stack) => {
      const other = await stack.openProcess();
      const running = stack.run();
      await until(async () => (await callsUsed(stack)) > 0);
      const outcome = await other.sync();
      expect(outcome).toMatchObject({ kind: 'active' });
      const run = await running;
      expect(run).toMatchObject({ status: 'succeeded', runId: outcome.kind === 'active' && outcome.runId });
    }));
});

it('an answer that was paid for and not loaded is loaded by the next tick, for no call', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    const rawIds = await payWithoutLoading(stack, 2);
    const before = (await readStats(stack)).calls.length;
    await stack.advance(30_000);
    await stack.app.conduct(() => Promise.resolve(true));
    const loaded = await stack.query(
      'SELECT FROM raw.payload WHERE raw_id = ANY ($1::bigint[]) AND loaded_at IS NOT NULL',
      [rawIds],
    );
    expect(loaded).toHaveLength(2);
    expect((await readStats(stack)).calls).toHaveLength(before);
    expect(await stack.run()).toMatchObject({ status: 'succeeded' });
    await expectTruth(stack);
    expect(await countPaidTwice(stack)).toBe(0);
  }));

it('a stored answer that can not be loaded is set aside, and holds back neither the others nor the tick', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    const [damaged, unreadable, good] = await payWithoutLoading(stack, 3);
    const page = Buffer.from('<html>');
    await stack.query(`UPDATE raw.payload SET body = '\\x00' WHERE raw_id = $1`, [damaged]);
    await stack.query('UPDATE raw.payload SET body = $2, body_sha256 = $3 WHERE raw_id = $1', [
      unreadable,
      gzipSync(page),
      createHash('sha256').update(page).digest(),
    ]);
    await stack.advance(30_000);
    await stack.app.conduct(() => Promise.resolve(true));
    await stack.app.conduct(() => Promise.resolve(true));
    const aside = await stack.query('SELECT raw_id, path, reason FROM sync.quarantine ORDER BY raw_id');
    expect(aside).toEqual([
      { raw_id: damaged, path: '$', reason: 'RAW_DAMAGED' },
      { raw_id: unreadable, path: '$', reason: 'STORED_ANSWER_UNREADABLE' },
    ]);
    const loaded = await stack.query(
      'SELECT raw_id FROM raw.payload WHERE raw_id = $1 AND loaded_at IS NOT NULL',
      [good],
    );
    expect(loaded).toHaveLength(1);
    expect(stack.logs.map(({ level, code }) => `${level} ${String(code)}`)).toEqual([
      'error RAW_DAMAGED',
      'error STORED_ANSWER_UNREADABLE',
    ]);
  }));

it('an answer that the database refuses costs its own target alone, and no further call', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    const { min_calls } = await readStats(stack);
    await stack.run({ budgetCalls: min_calls.nodes + min_calls.pages });
    const [offer] = await stack.query<{ offer_id: string }>(
      'SELECT min(offer_id) AS offer_id FROM sync.refresh WHERE detail_at IS NULL',
    );
    await stack.query(
      `ALTER TABLE catalog.offer_attribute ADD CONSTRAINT refused CHECK (offer_id <> ${String(offer?.offer_id)})`,
    );
    const run = await stack.run();
    expect(run).toMatchObject({ status: 'partial_error', cause: 'targets_failed', counts: { errors: 1 } });
    const [details] = await stack.query<{ loaded: number; all: number }>(
      'SELECT count(detail_at)::int AS loaded, count(*)::int AS all FROM sync.refresh',
    );
    expect(details?.loaded).toBe((details?.all ?? 0) - 1);
    expect((await readStats(stack)).calls).toHaveLength(min_calls.total);
  }));

it('a database of live data refuses a run on the sandbox', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    await stack.query(`UPDATE sync.database_identity SET source = 'live'`);
    await expect(stack.run()).rejects.toMatchObject({ code: 'DATABASE_OTHER_SOURCE' });
    expect((await readStats(stack)).calls).toEqual([]);
  }));

it('jobs hold nothing but ids', () =>
  withTestStack({ backend: 'postgres', sandbox: { latencyMs: 20 } }, async (stack) => {
    // Makes the queues' tables.
    await stack.run({ deadlineMs: 0 });
    // Jobs are gone in no time: what is queued is written down.
    await stack.query(`CREATE TABLE queued (name text, data jsonb)`);
    await stack.query(
      `CREATE FUNCTION note_job() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN INSERT INTO public.queued VALUES (NEW.name, NEW.data::jsonb); RETURN NEW; END $$`,
    );
    await stack.query(
      'CREATE TRIGGER note_job AFTER INSERT ON bullmq.job FOR EACH ROW EXECUTE FUNCTION note_job()',
    );
    await stack.run();
    const jobs = await stack.query<{ name: string; data: Record<string, unknown> }>('SELECT * FROM queued');
    const id = expect.stringMatching(/^\d+$/) as string;
    const page = expect.any(Number) as number;
    expect(new Set(jobs.map(({ name }) => name))).toEqual(new Set(['category', 'search', 'detail']));
    for (const { name, data } of jobs) {
      if (name === 'category') expect(data).toEqual({ runId: id, categoryId: id });
      else if (name === 'search') expect(data).toEqual({ runId: id, windowId: id, page });
      else expect(data).toEqual({ runId: id, offerIds: (data['offerIds'] as unknown[]).map(() => id) });
    }
  }));
