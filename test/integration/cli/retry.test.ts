import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createWorld } from '../../support/in-process.ts';
import { textRows } from '../../support/text-rows.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

async function run(...args: string[]) {
  const { context, stdout, stderr } = createWorld({ env: { DATABASE_URL: db.url }, columns: 200 });
  const exitCode = await runCli(['retry', ...args], context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

/** Categories that could not be fetched: the first is tried at the end of 2100, each other a minute later. */
const giveUp = (count: number) =>
  db.pool.query(
    `INSERT INTO sync.category_visit (category_id, not_before, failure_code, failed_tries)
     SELECT n, '2100-12-31T00:00:00Z'::timestamptz + n * interval '1 minute', 'gw.X', 2 FROM generate_series(1, $1) n
     ON CONFLICT (category_id) DO UPDATE SET not_before = excluded.not_before`,
    [count],
  );

it('without anything that waits says so, whatever is asked', async () => {
  const nothing = 'Nothing waits for a later try.\n';
  expect(await run('--list')).toEqual({ exitCode: 0, out: nothing, err: '' });
  expect(await run()).toEqual({ exitCode: 0, out: '', err: nothing });
  expect((await run('--list', '--json')).out).toBe('[]\n');
  expect(await run('--json')).toEqual({ exitCode: 0, out: '{"retried":0}\n', err: '' });
});

it('lists what waits, and leaves it', async () => {
  await giveUp(2);
  const { out } = await run('--list');
  const [table, note] = out.trim().split('\n\n');
  expect(note).toBe('Times are in Asia/Shanghai.');
  expect(textRows(table)).toEqual([
    ['could not be fetched', 'id', 'name', 'code', 'tries', 'next try'],
    ['category.children', '1', 'gw.X', '2', '2100-12-31 08:01'],
    ['category.children', '2', 'gw.X', '2', '2100-12-31 08:02'],
  ]);
  expect((await run('--list')).out).toBe(out);
  expect(JSON.parse((await run('--list', '--json')).out)).toMatchObject([{ id: '1' }, { id: '2' }]);
});

it('lists those of an operation, or one of them', async () => {
  await giveUp(2);
  const ids = async (...args: string[]) =>
    (JSON.parse((await run('--list', '--json', ...args)).out) as { id: string; ofAll: number }[]).map(
      ({ id, ofAll }) => `${id} of ${String(ofAll)}`,
    );
  expect(await ids('--operation', 'category.children')).toEqual(['1 of 2', '2 of 2']);
  expect(await ids('--operation', 'category.children', '--id', '2')).toEqual(['2 of 1']);
  expect(await ids('--operation', 'offer.detail')).toEqual([]);
});

it.each([[[]], [['--list']], [['--json']]])(
  'an id that nothing waits by is an error, with %j',
  async (flags) => {
    await giveUp(2);
    expect(await run('--operation', 'offer.detail', '--id', '2', ...flags)).toEqual({
      exitCode: 1,
      out: '',
      err: 'error TARGET_NOT_WAITING: no target of offer.detail with the id 2 waits for a later try\nwhat to do: `catalog-sync retry --list` shows what waits, with its id. Every other target is fetched when it is due.\n',
    });
    expect((await run('--list')).out).toContain('category.children');
  },
);

it('makes one of them due, those of an operation, or all', async () => {
  await giveUp(4);
  const due = async (...args: string[]) => (await run(...args)).err;
  expect((await run('--operation', 'offer.detial')).err).toContain('Allowed choices are');
  expect(await due('--operation', 'offer.detail')).toBe('Nothing waits for a later try.\n');
  expect(await due('--operation', 'category.children', '--id', '3')).toBe(
    '1 target is due now: `catalog-sync sync`\n',
  );
  expect(await due('--operation', 'category.children')).toBe('3 targets are due now: `catalog-sync sync`\n');
  await giveUp(1200);
  expect(await due()).toBe('1,200 targets are due now: `catalog-sync sync`\n');
  await giveUp(1);
  expect((await run('--json')).out).toBe('{"retried":1}\n');
});
