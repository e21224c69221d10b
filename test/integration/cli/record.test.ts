import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { parseJson, type JsonObject } from '../../../src/core/json.ts';
import type { OfferDetailRequest } from '../../../src/model/operation.ts';
import { normalizeAnswer } from '../../../src/transform/normalize-answer.ts';
import { createTestDatabase } from '../../support/database.ts';
import { openTestStack, type TestStack } from '../../support/stack.ts';
import { createProject, createWorld } from '../../support/in-process.ts';

const syncFile =
  'account: business\nfeeds: [{ name: all, categories: ["0"] }]\nquotas: { per_second: 1000 }\n';

let stack: TestStack;
let project: string;
beforeAll(async () => {
  stack = await openTestStack({ backend: 'postgres' });
  await stack.run({ budgetCalls: 60 });
  project = createProject({ 'catalog-sync.yaml': syncFile });
});
afterAll(() => stack.close());

async function record(...args: string[]) {
  const { context, stdout, stderr } = createWorld({ cwd: project, env: stack.env });
  const exitCode = await runCli(['record', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

const countCalls = async () => {
  const [row] = await stack.query<{ calls: string }>('SELECT count(*) AS calls FROM usage.api_call');
  return Number(row?.calls);
};

describe('record', () => {
  test('of a stored detail makes no call, and gives what normalizes without the seller', async () => {
    const [seen] = await stack.query<{ offer_id: string; raw_id: string; seller_id: string }>(
      `SELECT offer_id, raw_id, seller_id FROM catalog.offer
       JOIN raw.payload ON request->>'offerId' = offer_id::text AND operation = 'offer.detail'
       WHERE seller_id IS NOT NULL ORDER BY certificates IS NULL, offer_id LIMIT 1`,
    );
    const before = await countCalls();
    const { exitCode, out, err } = await record('offer.detail', seen?.offer_id ?? '');
    expect({ exitCode, calls: await countCalls() }).toEqual({ exitCode: 0, calls: before });
    expect(err).toMatch(/^replaced: .*sellerOpenId \(1\)/);
    expect(out).not.toContain(seen?.seller_id);
    const { request, payload } = parseJson(out) as JsonObject;
    const provenance = { callId: '1', rawId: '1', runId: null, observedAt: new Date(0) };
    const answer = normalizeAnswer(
      request as unknown as OfferDetailRequest,
      payload ?? null,
      provenance,
      null,
    );
    expect(answer).toMatchObject({ rejects: [], drifts: [], record: { kind: 'found' } });
    expect((await record('offer.detail', '--raw', seen?.raw_id ?? '')).out).toBe(out);
  });

  test('makes one call only with its flag, and no run makes it again', async () => {
    const refused = await record('category.children', '999', '--call');
    expect(refused.err).toContain('the call was not made: --yes makes it without asking');
    const before = await countCalls();
    const { exitCode, out, err } = await record('search.keyword', '女鞋', '--call', '--yes');
    expect({ exitCode, calls: await countCalls() }, err).toEqual({ exitCode: 0, calls: before + 1 });
    expect(err).toContain('SANDBOX: using mock data');
    expect(parseJson(out)).toMatchObject({ request: { operation: 'search.keyword' } });
    expect(await stack.query('SELECT FROM raw.payload WHERE loaded_at IS NULL')).toEqual([]);
  });

  test('of a shop has a pseudonym in place of its seller, and is found again by the seller', async () => {
    const [shop] = await stack.query<{ seller_id: string }>('SELECT seller_id FROM catalog.seller LIMIT 1');
    const seller = shop?.seller_id ?? '';
    const called = await record('search.seller', seller, '--call', '--yes');
    expect(called.exitCode, called.err).toBe(0);
    expect(called.out).not.toContain(seller);
    const { request } = parseJson(called.out) as { request: JsonObject };
    expect(request).toMatchObject({ operation: 'search.seller', page: 1 });
    expect(request['sellerId']).toMatch(/^BBB[0-9a-f]{12}$/);
    expect((await record('search.seller', seller)).out).toBe(called.out);
    expect(await stack.query('SELECT FROM raw.payload WHERE loaded_at IS NULL')).toEqual([]);
  });

  test('of a picture names neither company nor account, and is found by its url or raw id', async () => {
    const url = 'https://cbu01.alicdn.com/img/ibank/O1CN01abc_!!2212511504862-0-cib.jpg';
    const called = await record('search.image', url, '--call', '--yes');
    expect(called.exitCode, called.err).toBe(0);
    expect(called.out).not.toContain('2212511504862');
    expect(called.err).toMatch(/^replaced: .*companyName \(\d+\)/m);
    expect((parseJson(called.out) as JsonObject)['request']).toMatchObject({
      queryImage: { kind: 'address', url: url.replace('2212511504862', '0') },
    });
    expect((await record('search.image', url)).out).toBe(called.out);
    const [{ raw_id: rawId } = { raw_id: '' }] = await stack.query<{ raw_id: string }>(
      `SELECT raw_id FROM raw.payload WHERE operation = 'search.image'`,
    );
    expect((await record('search.image', '--raw', rawId)).out).toBe(called.out);
  });

  test('binds the database to its source, so that a run of the other one can not load the answer', async () => {
    const database = await createTestDatabase();
    try {
      const env = { ...stack.env, DATABASE_URL: database.url };
      const { context, stderr } = createWorld({ cwd: project, env });
      const exitCode = await runCli(['record', 'category.children', '0', '--call', '--yes'], context);
      expect(exitCode, stderr.text).toBe(0);
      expect(stderr.text).toBe(
        'SANDBOX: using mock data\nreplaced: nothing\nRead the file before you share it: it contains texts of sellers.\n',
      );
      const { rows } = await database.pool.query('SELECT source FROM sync.database_identity');
      expect(rows).toEqual([{ source: 'sandbox' }]);
    } finally {
      await database.drop();
    }
  });

  test('of what is not stored says what can be done', async () => {
    const { exitCode, err } = await record('offer.detail', '1');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error RECORD_NOT_FOUND: no answer of offer\.detail is stored about 1\n/);
    expect(await record('search.keyword', '--raw', '999999')).toMatchObject({
      exitCode: 1,
      err: expect.stringMatching(/ no answer of search\.keyword is stored under raw id 999999\n/) as string,
    });
  });

  test.each([[['offer.detail']], [['offer.detail', '1', '--raw', '2']], [['offer.everything', '1']]])(
    '%j is a usage error',
    async (args) => expect((await record(...args)).exitCode).toBe(2),
  );
});
