import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { addWindow } from '../../support/answers.ts';
import {
  detailOf,
  openStoredAnswers,
  plainOffer,
  searchFor,
  searchPayload,
} from '../../support/stored-answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';
import { codeBlocks } from '../../support/doc-files.ts';
import { shellWords } from '../../support/known-commands.ts';

const page = codeBlocks('docs/reprocess.md');
const textsOf = (language: string) =>
  page.filter((block) => block.language === language).map(({ text }) => text);

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const at = openStoredAnswers(db.pool);
  const windowId = await addWindow(db.pool, '杯子');
  await at.answer(0, detailOf('610947572360'), plainOffer('610947572360', { 1: '13.90', 100: '面议' }));
  await at.answer(1, detailOf('610947572361'), plainOffer('610947572361', { 1: '￥ 8', 50: '7.20' }));
  const rows = [
    { offerId: 610947572360, priceInfo: { price: '13.90' } },
    { offerId: null, monthSold: 12 },
  ];
  await at.answer(2, searchFor('杯子'), searchPayload(rows), windowId);
  // What an older version might have read.
  await db.pool.query(`UPDATE catalog.price SET amount_cny = 1390 WHERE kind = 'list' AND amount_cny = 13.9`);
  await db.pool.query(`UPDATE catalog.offer SET unit = '???' WHERE offer_id = 610947572361`);
  await db.pool.query(
    `INSERT INTO sync.quarantine (raw_id, call_id, operation, path, reason, sample, observed_at)
     SELECT raw_id, call_id, operation, 'productSaleInfo.priceRangeList[0].price', 'not_money', '13.90', observed_at
     FROM raw.payload WHERE raw_id = 1`,
  );
});
afterAll(() => db.drop());

async function runLine(line: string): Promise<string> {
  const { context, stdout } = createWorld({ env: { DATABASE_URL: db.url }, columns: 120 });
  const exitCode = await runCli(shellWords(line).slice(2), context);
  expect(exitCode, line).toBe(0);
  return stdout.text.trimEnd();
}

test('the commands of docs/reprocess.md show what the page shows', async () => {
  const lines = textsOf('sh').flatMap((text) => text.split('\n'));
  const shown = textsOf('text');
  expect(shown.length).toBeGreaterThan(1);
  const outputs: string[] = [];
  for (const line of lines) outputs.push(await runLine(line));
  for (const text of shown) expect(outputs).toContain(text);
});
