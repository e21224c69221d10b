import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CategoryRecord } from '../../../src/model/records.ts';
import { categories, minute, node, provenance } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* Each field of a category is what was stated of it last: at one time, the greater value; of an answer that is read again, what
   it states now. */

let db: TestDatabase;
let world: LoadWorld;
let lastId = 1000;
let lastCall = 5000;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

const newId = () => String((lastId += 10));

async function readNode(id: string): Promise<Record<string, unknown>> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    'SELECT * FROM catalog.category WHERE category_id = $1',
    [id],
  );
  return rows[0] ?? {};
}

type Fields = Partial<CategoryRecord>;

/** Loads what an answer of a minute states of a node; gives its raw id. */
async function state(id: string, minutes: number, fields: Fields): Promise<string> {
  const callId = String((lastCall += 1));
  await world.load(categories(id, provenance(minutes, callId), node(id, fields)));
  return callId;
}

describe.each<[name: string, column: string, seenAt: string, values: readonly [Fields, Fields]]>([
  ['parent', 'parent_id', 'parent_seen_at', [{ parentId: '901' }, { parentId: '902' }]],
  ['level', 'level', 'level_seen_at', [{ level: 3 }, { level: 4 }]],
  ['name', 'name_zh', 'name_seen_at', [{ nameZh: 'A' }, { nameZh: 'B' }]],
  [
    'translation',
    'name_translated',
    'name_translated_seen_at',
    [{ nameTranslated: 'a' }, { nameTranslated: 'b' }],
  ],
  ['leaf', 'is_leaf', 'leaf_seen_at', [{ isLeaf: false }, { isLeaf: true }]],
])('the %s of a category', (_, column, seenAt, [low, high]) => {
  const values = [low, high].map((fields) => Object.values(fields)[0] as unknown);
  const others = [
    ...['parent_seen_at', 'level_seen_at', 'name_seen_at', 'name_translated_seen_at', 'leaf_seen_at'],
  ].filter((other) => other !== seenAt);

  async function expectNode(id: string, value: 0 | 1, minutes: number, callId: string): Promise<void> {
    const found = await readNode(id);
    expect([found[column], found[seenAt], found['call_id']]).toEqual([
      values[value],
      minute(minutes),
      callId,
    ]);
    expect(others.map((other) => found[other])).toEqual(others.map(() => null));
  }

  it('is the newest that was stated, and of two at one time the greater', async () => {
    const id = newId();
    const first = await state(id, 5, low);
    await expectNode(id, 0, 5, first);
    const second = await state(id, 5, high);
    await expectNode(id, 1, 5, second);
    await state(id, 5, low);
    await expectNode(id, 1, 5, second);
    await state(id, 4, low);
    await expectNode(id, 1, 5, second);
    const newest = await state(id, 6, low);
    await expectNode(id, 0, 6, newest);
    await state(id, 5, high);
    await state(id, 9, {});
    await expectNode(id, 0, 6, newest);
  });

  it('is what the answer that stated it last states now', async () => {
    const id = newId();
    const older = await state(id, 5, low);
    const newest = await state(id, 6, high);
    const reread = (rawId: string, minutes: number, fields: Fields) =>
      world.kept.set(rawId, categories(id, provenance(minutes, rawId), node(id, fields)));
    reread(older, 5, high);
    expect((await world.replay([older])).categories).toEqual(new Set());
    reread(newest, 6, low);
    expect((await world.replay([newest])).categories).toEqual(new Set([id]));
    await expectNode(id, 0, 6, newest);
    expect((await world.replay([newest])).categories).toEqual(new Set());
    // Read again, an older call never stands for what a newer one wrote.
    const corrected = await state(id, 6, { ...low });
    reread(newest, 6, high);
    await world.replay([newest]);
    await expectNode(id, 1, 6, newest);
    expect(Number(corrected)).toBeGreaterThan(Number(newest));
  });
});

it('a category is retired by the answer that names it, also when only that reads otherwise now', async () => {
  const id = newId();
  const named = await state(id, 5, { nameZh: 'A', isRetired: true });
  expect((await readNode(id))['is_retired']).toBe(true);
  world.kept.set(named, categories(id, provenance(5, named), node(id, { nameZh: 'A' })));
  expect((await world.replay([named])).categories).toEqual(new Set([id]));
  expect((await readNode(id))['is_retired']).toBe(false);
  await state(id, 6, { isRetired: true });
  expect((await readNode(id))['is_retired']).toBe(false);
});

it('what a newer call wrote keeps that call when an older one is read again', async () => {
  const id = newId();
  const leaf = await state(id, 5, { isLeaf: true, level: 2 });
  const named = await state(id, 6, { nameZh: 'A' });
  world.kept.set(leaf, categories(id, provenance(5, leaf), node(id, { isLeaf: false, level: 2 })));
  await world.replay([leaf]);
  expect(await readNode(id)).toMatchObject({ is_leaf: false, level: 2, call_id: named });
});

const paths = async (...ids: readonly string[]) => {
  const nodes = [];
  for (const id of ids) {
    const { path, level, parent_id: parentId, first_seen_at: at, path_names_zh: names } = await readNode(id);
    nodes.push([path, level, parentId, at, names]);
  }
  return nodes;
};

it('a category is first seen when it was first named, by whatever answer, and it never hangs below the node above the roots', async () => {
  const id = Number(newId());
  const [root, child] = [String(id), String(id + 1)];
  await world.load(
    categories('0', provenance(7, '6001'), node('0'), [node(root, { parentId: '0', nameZh: 'R' })]),
  );
  await world.load(
    categories(root, provenance(4, '6002'), node(root), [
      node(child, { parentId: root }),
      node(child, { parentId: '0', nameZh: 'twice' }),
      node(root, { nameZh: 'itself' }),
      node('0', { nameZh: 'above' }),
    ]),
  );
  await world.load(categories(root, provenance(9, '6003'), node(root, { nameZh: 'S' })));
  expect(await paths(root, child)).toEqual([
    [root, 1, null, minute(4), 'S'],
    [`${root}/${child}`, 2, root, minute(4), `S > ${child}`],
  ]);
  expect(await readNode('0')).toEqual({});
});

it('the level of a category follows from the nearest one above that states it, or from its root', async () => {
  const base = Number(newId());
  const [a = '', b = '', c = '', d = ''] = [0, 1, 2, 3].map((more) => String(base + more));
  const hang = (minutes: number, parent: string, child: string, fields: Fields = {}) =>
    world.load(
      categories(parent, provenance(minutes, String((lastCall += 1))), node(parent), [
        node(child, { parentId: parent, ...fields }),
      ]),
    );
  await hang(1, a, b);
  await hang(2, b, c);
  await hang(3, c, d);
  const levels = async () => (await paths(a, b, c, d)).map(([path, level]) => [path, level]);
  const places = [a, `${a}/${b}`, `${a}/${b}/${c}`, `${a}/${b}/${c}/${d}`];
  const at = (...expected: (number | null)[]) => places.map((path, index) => [path, expected[index]]);
  expect(await levels()).toEqual(at(null, null, null, null));
  await hang(4, '0', a);
  expect(await levels()).toEqual(at(1, 2, 3, 4));
  await state(c, 5, { level: 9 });
  expect(await levels()).toEqual(at(1, 2, 9, 10));
  await state(a, 6, { level: 4 });
  expect(await levels()).toEqual(at(4, 5, 9, 10));
  const versions = async () =>
    (
      await db.pool.query<object>(
        'SELECT category_id, xmin::text FROM catalog.category WHERE category_id = ANY ($1) ORDER BY 1',
        [[b, c, d]],
      )
    ).rows;
  const before = await versions();
  await state(a, 7, { level: 4, nameTranslated: null });
  expect(await versions()).toEqual(before);
  // Of the places below, that of the nearest one alone changes with it.
  await state(a, 8, { level: 5 });
  expect((await versions()).slice(1)).toEqual(before.slice(1));
  expect(await levels()).toEqual(at(5, 6, 9, 10));
});

it('a loop that somebody wrote by hand ends nothing but itself', async () => {
  const base = Number(newId());
  const [a = '', b = '', c = ''] = [0, 1, 2].map((more) => String(base + more));
  for (const [parent, child] of [
    [a, b],
    [b, c],
  ] as const)
    await world.load(
      categories(parent, provenance(1, String((lastCall += 1))), node(parent), [
        node(child, { parentId: parent }),
      ]),
    );
  await db.pool.query('UPDATE catalog.category SET parent_id = $1 WHERE category_id = $2', [b, a]);
  await state(c, 3, { level: 7 });
  expect((await readNode(c))['level']).toBe(7);
  await state(b, 4, { level: 6 });
  expect((await readNode(b))['level']).toBe(6);
});

it('categories that answers list are counted once, and those of an unreadable answer not at all', async () => {
  const id = Number(newId());
  const [a, b] = [String(id), String(id + 1)];
  const report = await world.load(
    categories(a, provenance(1, '7001'), node(a), [node(b, { parentId: a })]),
    categories(a, provenance(2, '7002'), null, [node(b, { parentId: a })]),
    { ...categories(a, provenance(3, '7003'), null), record: null },
  );
  expect(report.categories).toBe(1);
});
