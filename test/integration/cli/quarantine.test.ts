import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import type { QuarantinedValue } from '../../../src/cli/quarantine/read-quarantine.ts';
import type { QuarantineGroup } from '../../../src/health/quarantine-store.ts';
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

const hostile = '\u001b[2J\u202egnp.exe\u0007';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  const at = openStoredAnswers(db.pool);
  const windowId = await addWindow(db.pool, '杯子');
  await at.answer(1, detailOf('71'), plainOffer('71', { 1: 'ask us', 100: '9' }, { subjectTrans: hostile }));
  await at.answer(2, detailOf('72'), plainOffer('72', { 1: hostile }));
  const rows = [{ offerId: '71' }, { offerId: 'none', priceInfo: { price: '4' } }];
  await at.answer(3, searchFor('杯子'), searchPayload(rows), windowId);
});
afterAll(() => db.drop());

async function run(...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url }, columns: 200 });
  const exitCode = await runCli(['quarantine', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}
const json = async (...args: string[]): Promise<unknown> => JSON.parse((await run(...args, '--json')).out);
const list = async (...args: string[]) => (await json('list', ...args)) as QuarantineGroup[];

describe('the list', () => {
  test('counts values by operation, place and reason, the most frequent first', async () => {
    const groups = await list();
    expect(
      groups.map(({ operation, path, reason, count, answers }) => [operation, path, reason, count, answers]),
    ).toEqual([
      ['offer.detail', 'productSaleInfo.priceRangeList[].price', 'not_money', 2, 2],
      ['search.keyword', 'data[].offerId', 'not_an_id', 1, 1],
    ]);
    expect((await run()).out).toMatch(
      /^search\.keyword +data\[\]\.offerId +not_an_id +1 +1 +2026-03-10 20:03/m,
    );
  });

  test('keeps to an operation, a reason and a number of lines', async () => {
    expect(await list('--operation', 'offer.detail')).toHaveLength(1);
    expect(await list('--reason', 'not_an_id')).toMatchObject([{ operation: 'search.keyword' }]);
    expect(await list('--limit', '1')).toHaveLength(1);
    expect((await run('list', '--reason', 'no_such')).out).toBe(
      'No value in quarantine matches the flags.\n',
    );
    expect((await run('list', '--limit', '0')).exitCode).toBe(2);
    expect(await run('list', '--operation', 'nope')).toMatchObject({ exitCode: 2, out: '' });
  });
});

describe('one value', () => {
  test('is shown with the part of its answer that held it', async () => {
    const id = (await list('--reason', 'not_an_id'))[0]?.newestId ?? '';
    const { row, piece } = (await json('show', id)) as QuarantinedValue;
    expect(row).toMatchObject({ path: 'data[1].offerId', sample: 'none' });
    expect(piece).toMatchObject({ path: 'data[1]', value: { offerId: 'none', priceInfo: { price: '4' } } });
    expect((await run('show', id)).out).toContain('data[1] in answer 3:\n{\n  "subject": "杯子"');
  });

  test('can neither colour, move nor reorder anything on a terminal', async () => {
    const id = (await list('--reason', 'not_money'))[0]?.newestId ?? '';
    for (const { out } of [await run('show', id), await run('show', id, '--json'), await run('list')]) {
      expect(out).toContain('gnp.exe');
      // eslint-disable-next-line no-control-regex -- control characters are what this is about
      expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });

  test('is shown without its answer when that is not kept, or damaged', async () => {
    const ids = await db.pool.query<{ id: string }>(
      'SELECT quarantine_id AS id FROM sync.quarantine ORDER BY 1',
    );
    const [first = '', second = ''] = ids.rows.map(({ id }) => id);
    await db.pool.query('DELETE FROM raw.payload WHERE raw_id = 1');
    await db.pool.query(`UPDATE raw.payload SET body = '\\x00' WHERE raw_id = 2`);
    expect((await run('show', first)).out).toMatch(/not_money[^]*Answer 1 is no longer stored\.\n$/);
    expect((await run('show', second)).out).toContain("Answer 2 can't be shown: RAW_DAMAGED.");
  });

  test('that is not there is an error that says where ids are from', async () => {
    const { exitCode, err } = await run('show', '999');
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^error QUARANTINE_UNKNOWN: there is no row 999/);
    expect((await run('show', 'abc')).exitCode).toBe(2);
  });
});
