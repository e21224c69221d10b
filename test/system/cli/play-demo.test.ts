import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSession } from '../../../src/app/session.ts';
import { demoSyncFile } from '../../../src/cli/demo/demo-config.ts';
import { playDemo } from '../../../src/cli/demo/play-demo.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { CloseStack, listenForShutdown } from '../../../src/core/lifecycle.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createProject, createWorld } from '../../support/in-process.ts';
import { textRows } from '../../support/text-rows.ts';

/* Two days of the demo, on a database that is there. */

/** A day has some hundred calls, and a sandbox that starts as a process. */
const timeout = 300_000;

let db: TestDatabase;
const folder = createProject();
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function play(isJson: boolean, isStopped = false) {
  const { context, stdout, stderr } = createWorld({ cwd: folder, columns: 100 });
  const program = createProgram(context);
  program.setOptionValue('json', isJson || undefined);
  const session = openSession(program, context, { logs: 'command', ignoresEnvironment: true });
  const [closing, shutdown] = [new CloseStack(), listenForShutdown(context.signals)];
  if (isStopped) context.signals.emit('SIGTERM');
  const stage = { session, closing, shutdown, folder, databaseUrl: db.url, isKept: false };
  try {
    await playDemo(stage);
  } finally {
    await closing.close(session.log);
    shutdown.dispose();
  }
  return { exitCode: context.exitCode, out: stdout.text, err: stderr.text };
}

const countOf = async (query: string) =>
  (await db.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`)).rows[0]?.n;
const catalog = async () => ({
  categories: await countOf('catalog.category'),
  offers: await countOf('catalog.offer'),
  skus: await countOf('catalog.sku'),
  prices: await countOf('catalog.price'),
});

it('one that is stopped before its run begins none', async () => {
  await expect(play(false, true)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(await countOf('sync.run')).toBe(0);
});

it('the first day fetches all of an invented catalog', { timeout }, async () => {
  const { exitCode, out, err } = await play(true);
  expect(exitCode).toBe(0);
  expect(err).toMatch(/^starting the sandbox, a simulated 1688\nSANDBOX: using mock data\n/);
  expect(err).toMatch(/^Explore:$/m);
  expect(readFileSync(join(folder, 'catalog-sync.yaml'), 'utf8')).toBe(demoSyncFile);
  const report = JSON.parse(out) as Record<string, unknown> & { calls: { used: number }[] };
  expect(report).toMatchObject({
    ...{ day: 1, priceMoves: { offers: 0, largest: [] }, availability: [] },
    run: {
      status: 'succeeded',
      scope: 'all',
      budgetCalls: null,
      counts: { categories: 60, offersChanged: 0 },
    },
    catalog: { ...(await catalog()), history: 0 },
  });
  expect(report.calls.map((call) => ({ ...call, used: call.used > 0 }))).toEqual([
    { operation: 'category.children', name: 'alibaba.category.get', used: true, quota: 10_000 },
    { operation: 'search.keyword', name: 'product.search.keywordQuery', used: true, quota: 10_000 },
    { operation: 'offer.detail', name: 'product.search.queryProductDetail', used: true, quota: 10_000 },
  ]);
});

it('the second day shows what moved, after it has ended what a dead demo left', { timeout }, async () => {
  await db.pool.query(
    `INSERT INTO sync.run (scope, trigger, source, status, feeds, started_at)
     VALUES ('feed:left', 'cli', 'sandbox', 'running', '[]', now() - interval '1 hour')`,
  );
  const { exitCode, out, err } = await play(false);
  expect(exitCode).toBe(0);
  expect(err).toContain('starting the sandbox, a simulated 1688, 1 simulated day later\n');
  const left = await db.pool.query(`SELECT status, cause FROM sync.run WHERE scope = 'feed:left'`);
  expect(left.rows).toEqual([{ status: 'cancelled', cause: 'killed' }]);
  const [run, size, use, moved, moves, changed, changes] = out.split('\n\n').map(textRows);
  expect(run?.slice(0, 2)).toEqual([[expect.stringMatching(/^run \d+$/)], ['outcome', 'succeeded']]);
  const now = await catalog();
  const amount = (count: number | undefined) => (count ?? 0).toLocaleString('en');
  expect(size).toEqual([
    ['the catalog now', 'rows', 'table'],
    ['categories', amount(now.categories), 'catalog.category'],
    ['offers', amount(now.offers), 'catalog.offer'],
    ['SKUs', amount(now.skus), 'catalog.sku'],
    ['prices', amount(now.prices), 'catalog.price'],
    ['earlier prices', expect.stringMatching(/^[1-9]/), 'catalog.price_history'],
  ]);
  expect(use?.[0]).toEqual(['calls', '1688 API', 'used today', 'daily quota']);
  expect(moved?.at(-1)?.[0]).toMatch(/^Prices of \d+ offers moved; the largest moves:$/);
  expect(moves?.[0]).toEqual(['offer', 'subject', 'SKU or quantity', 'price', 'was ¥', 'is ¥']);
  expect(moves).toHaveLength(9);
  expect(changed).toEqual([['Offers that can be ordered no longer, or again:']]);
  expect(changes?.[0]).toEqual(['offer', 'subject', 'now']);
  for (const [, , what] of changes?.slice(1, -1) ?? [])
    expect(what).toMatch(/^(listed again, was \w+|sold out, had [\d,]+|in stock again)$/);
});
