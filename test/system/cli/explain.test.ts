import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { Explanation } from '../../../src/web/reads/explain-offer.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';

let empty: TestDatabase;
beforeAll(async () => {
  empty = await createTestDatabase();
});
afterAll(() => empty.drop());

async function runOn(url: string, ...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: url } });
  const exitCode = await runCli(['explain', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

async function explain(stack: TestStack, offerId: string): Promise<Explanation> {
  const { out } = await runOn(stack.database.url, offerId, '--json');
  return JSON.parse(out) as Explanation;
}

test('shows the calls and answers behind an offer and each of its prices', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    await stack.run();
    await stack.advance(25 * 3_600_000);
    await stack.run();
    const [moved] = await stack.query<{ offer_id: string }>(
      `SELECT offer_id FROM catalog.price_history WHERE kind <> 'search' ORDER BY offer_id LIMIT 1`,
    );
    const offerId = moved?.offer_id ?? '';
    const { offer, observations, prices } = await explain(stack, offerId);
    expect(offer).toMatchObject({ offerId, state: 'listed', emptyDetailStreak: 0 });
    expect(offer.category).toMatch(/ \/ /);
    const details = observations.filter(({ source }) => source === 'detail');
    expect(details).toHaveLength(2);
    for (const { rawId, runId, api, version } of details) {
      expect({ rawId, runId, api, version }).toEqual({
        rawId: expect.stringMatching(/^\d+$/) as string,
        runId: expect.stringMatching(/^\d+$/) as string,
        api: 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
        version: offer.version,
      });
    }
    const ended = prices.filter(({ closedByCallId }) => closedByCallId !== null);
    expect(ended.length).toBeGreaterThan(0);
    const calls = new Set(observations.map(({ callId }) => callId));
    for (const { callId, closedByCallId } of ended) {
      expect([callId, closedByCallId ?? ''].every((id) => calls.has(id))).toBe(true);
    }
    const { exitCode, out } = await runOn(stack.database.url, offerId);
    expect(exitCode).toBe(0);
    expect(out).toContain(offer.subject ?? '?');
    expect(out).toMatch(/^last changed +\d{4}-.* \(call \d+, run \d+, read by version \d+\)$/m);

    await stack.query('DELETE FROM raw.payload');
    const later = await explain(stack, offerId);
    expect(later.observations.map(({ rawId }) => rawId)).toEqual(observations.map(() => null));
    expect((await runOn(stack.database.url, offerId)).out).toContain('no longer stored');
  }));

test('shows what of an answer could not be read', () =>
  withTestStack({ backend: 'postgres' }, async (stack) => {
    await stack.run();
    await stack.query(
      `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
       SELECT raw_id, call_id, 'offer.detail', 'tradeScore', 'not_a_score', 'good', o.observed_at
       FROM catalog.observation o JOIN raw.payload p USING (call_id)
       WHERE source = 'detail' AND offer_id = (SELECT min(offer_id) FROM catalog.offer)`,
    );
    const [first] = await stack.query<{ id: string }>('SELECT min(offer_id) AS id FROM catalog.offer');
    expect((await runOn(stack.database.url, first?.id ?? '')).out).toMatch(
      /^tradeScore +not_a_score +good +\d+$/m,
    );
  }));

test('of an unknown offer says what to do', async () => {
  const { exitCode, out, err } = await runOn(empty.url, '42');
  expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
  expect(err).toMatch(/^error OFFER_UNKNOWN: no answer has named offer 42/);
});

test.each(['0', '-1', 'abc', '1.5', '9223372036854775808', '1e3'])('%s is no offer id', async (id) => {
  const { exitCode, err } = await runOn(empty.url, '--', id);
  expect(exitCode).toBe(2);
  expect(err).toContain('Give an offer id');
});
