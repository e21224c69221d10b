import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { categories, learnNothing, minute, node, provenance } from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;

beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
afterAll(() => db.drop());

async function read(...ids: string[]): Promise<Record<string, unknown>[]> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    `SELECT category_id, parent_id, level, path, name_zh, is_leaf, is_retired FROM catalog.category
     WHERE category_id = ANY ($1) ORDER BY category_id`,
    [ids],
  );
  return rows;
}

it('builds the tree from the answers of its nodes, with paths', async () => {
  const report = await store.load([
    categories('0', provenance(1), null, [
      node('1', { parentId: '0', level: 1, nameZh: '家居', isLeaf: false }),
    ]),
    categories('1', provenance(2), node('1', { parentId: '0' }), [
      node('11', { parentId: '1', level: 2, nameZh: '杯', isLeaf: true }),
      node('12', { parentId: '1', level: 2, nameZh: '碗停用', isRetired: true }),
    ]),
  ]);
  expect(report.categories).toBe(3);
  expect(await read('1', '11', '12')).toEqual([
    {
      category_id: '1',
      parent_id: null,
      level: 1,
      path: '1',
      name_zh: '家居',
      is_leaf: false,
      is_retired: false,
    },
    {
      category_id: '11',
      parent_id: '1',
      level: 2,
      path: '1/11',
      name_zh: '杯',
      is_leaf: true,
      is_retired: false,
    },
    {
      category_id: '12',
      parent_id: '1',
      level: 2,
      path: '1/12',
      name_zh: '碗停用',
      is_leaf: null,
      is_retired: true,
    },
  ]);
});

it('keeps what an answer leaves out', async () => {
  await store.load([
    categories('2', provenance(1), node('2', { parentId: '0', level: 1, nameZh: '服装', isLeaf: false })),
  ]);
  await store.load([categories('2', provenance(2), node('2'))]);
  expect(await read('2')).toMatchObject([{ level: 1, name_zh: '服装', is_leaf: false }]);
});

it('hangs a node below a parent that nobody has asked for yet, and completes its path later', async () => {
  await store.load([categories('33', provenance(1), node('33', { parentId: '32' }))]);
  expect(await read('32', '33')).toMatchObject([
    { parent_id: null, path: '32', name_zh: null },
    { parent_id: '32', path: '32/33' },
  ]);
  await store.load([categories('32', provenance(2), node('32', { parentId: '31', nameZh: '衣' }))]);
  expect(await read('33')).toMatchObject([{ path: '31/32/33' }]);
});

it('moves a branch with all below it', async () => {
  await store.load([
    categories('41', provenance(1), node('41', { parentId: '0' }), [node('43', { parentId: '41' })]),
    categories('43', provenance(2), node('43'), [node('44', { parentId: '43' })]),
    categories('42', provenance(3), node('42', { parentId: '0' }), [node('43', { parentId: '42' })]),
  ]);
  expect(await read('43', '44')).toMatchObject([{ path: '42/43' }, { path: '42/43/44' }]);
});

it('keeps a node where it is when another answer hangs it below itself', async () => {
  await store.load([categories('51', provenance(1), node('51', { parentId: '52' }))]);
  await store.load([categories('52', provenance(2), node('52', { parentId: '51' }))]);
  expect(await read('51', '52')).toMatchObject([{ path: '52/51' }, { path: '52' }]);
});

it('takes the newest name, and retires a node by it', async () => {
  for (const [time, nameZh] of [
    [3, '杯停用'],
    [1, '杯'],
  ] as const) {
    const named = node('61', { nameZh, isRetired: nameZh.includes('停用') });
    await store.load([categories('61', provenance(time), named)]);
  }
  expect(await read('61')).toMatchObject([{ name_zh: '杯停用', is_retired: true }]);
});

it('books the visit and ends the lease, also for the roots and for an unusable answer', async () => {
  await db.pool.query(
    'INSERT INTO sync.category_visit (category_id, leased_by, leased_until) VALUES (71, 1, now())',
  );
  await store.load([
    { ...categories('71', provenance(4), null), record: null },
    categories('70', provenance(5), null),
    categories('70', provenance(3), null),
  ]);
  const { rows } = await db.pool.query(
    `SELECT category_id, visited_at, last_call_id, leased_by, leased_until FROM sync.category_visit
     WHERE category_id IN (70, 71) ORDER BY category_id`,
  );
  expect(rows).toEqual([
    { category_id: '70', visited_at: minute(5), last_call_id: '6', leased_by: null, leased_until: null },
    { category_id: '71', visited_at: minute(4), last_call_id: '5', leased_by: null, leased_until: null },
  ]);
});

it('rewrites nothing when an answer is loaded again', async () => {
  const answer = categories('81', provenance(1), node('81', { parentId: '80', nameZh: '杯', isLeaf: true }));
  await store.load([answer]);
  const dump = () =>
    db.pool
      .query(
        `SELECT c.ctid::text, v.ctid::text AS visit_ctid, * FROM catalog.category c
         LEFT JOIN sync.category_visit v USING (category_id) ORDER BY category_id`,
      )
      .then(({ rows }): unknown => rows);
  const before = await dump();
  await store.load([answer]);
  expect(await dump()).toEqual(before);
});
