import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  categoryOf,
  categoryPayload,
  openStoredAnswers,
  type StoredAnswers,
} from '../../support/stored-answers.ts';
import { runReprocess } from '../../support/reprocess-world.ts';

/* Answers of categories that contradict each other: by them a node would hang below itself. */

let db: TestDatabase;
let answers: StoredAnswers;
let worlds = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  answers = openStoredAnswers(db.pool);
});
afterAll(() => db.drop());

/** Ids of a tree of its own. */
function newIds(count: number): [string, ...string[]] {
  const first = ++worlds * 1000;
  return [String(first), ...Array.from({ length: count - 1 }, (_, index) => String(first + index + 1))];
}

async function readNodes(ids: readonly string[]): Promise<unknown[]> {
  const { rows } = await db.pool.query<{ row: unknown }>(
    `SELECT json_build_array(category_id::text, parent_id::text, path, level) AS row FROM catalog.category
     WHERE category_id = ANY ($1) ORDER BY category_id`,
    [ids],
  );
  return rows.map(({ row }) => row);
}

/** Nodes that hang below themselves, however far. */
async function listLoops(): Promise<unknown[]> {
  const { rows } = await db.pool.query<object>(
    `WITH RECURSIVE climb (start_id, category_id) AS (
       SELECT category_id, parent_id FROM catalog.category WHERE parent_id IS NOT NULL
       UNION
       SELECT u.start_id, c.parent_id FROM climb u JOIN catalog.category c USING (category_id)
       WHERE c.parent_id IS NOT NULL
     )
     SELECT start_id FROM climb WHERE start_id = category_id`,
  );
  return rows;
}

async function readQuarantine(rawId: string): Promise<unknown[]> {
  const { rows } = await db.pool.query<object>(
    'SELECT path, reason, sample FROM sync.quarantine WHERE raw_id = $1 ORDER BY path',
    [rawId],
  );
  return rows;
}

describe('a circle of categories', () => {
  it.each([3, 4, 7])('of %i nodes is not closed: the edge that would goes into quarantine', async (count) => {
    const ids = newIds(count);
    const [root] = ids;
    const last = ids.at(-1) ?? '';
    await answers.answer(1, categoryOf('0'), categoryPayload('0', [root]));
    for (const [at, id] of ids.slice(0, -1).entries())
      await answers.answer(at + 2, categoryOf(id), categoryPayload(id, [ids[at + 1] ?? '']));
    const leaf = String(Number(last) + 1);
    const closing = await answers.answer(count + 1, categoryOf(last), categoryPayload(last, [leaf, root]));
    expect(await readNodes([...ids, leaf])).toEqual(
      [...ids, leaf].map((id, at, all) => [id, all[at - 1] ?? null, all.slice(0, at + 1).join('/'), at + 1]),
    );
    expect(await readQuarantine(closing)).toEqual([
      { path: 'categoryInfo[0].childCategorys[1].id', reason: 'cycle', sample: root },
    ]);
    expect(await listLoops()).toEqual([]);
  });

  it('is not closed by a node that names one below itself as its parent', async () => {
    const [root, a, b] = newIds(3) as [string, string, string];
    await answers.answer(1, categoryOf('0'), categoryPayload('0', [root]));
    await answers.answer(2, categoryOf(root), categoryPayload(root, [a]));
    await answers.answer(3, categoryOf(a), categoryPayload(a, [b]));
    const parent = { parentIDs: [Number(b)] };
    const closing = await answers.answer(4, categoryOf(root), categoryPayload(root, [a], parent));
    expect(await readNodes([root, a, b])).toEqual([
      [root, null, root, 1],
      [a, root, `${root}/${a}`, 2],
      [b, a, `${root}/${a}/${b}`, 3],
    ]);
    expect(await readQuarantine(closing)).toEqual([
      { path: 'categoryInfo[0].parentIDs[0]', reason: 'cycle', sample: b },
    ]);
  });

  it('is not closed within one answer, whose node is known to hang below one of its children', async () => {
    const [a, b, c] = newIds(3) as [string, string, string];
    await answers.answer(1, categoryOf(a), categoryPayload(a, [b], { parentIDs: [0] }));
    await answers.answer(2, categoryOf(b), categoryPayload(b, [c]));
    const closing = await answers.answer(3, categoryOf(c), categoryPayload(c, [a, b]));
    expect(await readNodes([a, b, c])).toEqual([
      [a, null, a, 1],
      [b, a, `${a}/${b}`, 2],
      [c, b, `${a}/${b}/${c}`, 3],
    ]);
    expect(await readQuarantine(closing)).toHaveLength(2);
  });

  it('is not closed by answers that are loaded at the same time', async () => {
    const rounds = Array.from({ length: 12 }, () => newIds(3) as [string, string, string]);
    for (const [a, b, c] of rounds) await answers.answer(1, categoryOf('0'), categoryPayload('0', [a, b, c]));
    // Each of three nodes says that the next one hangs below it.
    for (const ids of rounds) {
      for (const [at, id] of ids.entries())
        await answers.store(2 + at, categoryOf(id), categoryPayload(id, [ids[(at + 1) % 3] ?? '']));
    }
    await Promise.all(Array.from({ length: 6 }, () => answers.load()));
    expect(await listLoops()).toEqual([]);
    for (const ids of rounds) {
      const nodes = (await readNodes(ids)) as (string | null)[][];
      expect(nodes.filter(([, parentId]) => parentId === null)).toHaveLength(1);
    }
    const { rows } = await db.pool.query<{ rejects: number }>(
      `SELECT count(*)::int AS rejects FROM sync.quarantine WHERE reason = 'cycle' AND sample = ANY ($1)`,
      [rounds.flat()],
    );
    expect(rows).toEqual([{ rejects: rounds.length }]);
  });

  it('is rejected as before when its answer is read again', async () => {
    const [root, a, b] = newIds(3) as [string, string, string];
    await answers.answer(1, categoryOf('0'), categoryPayload('0', [root]));
    await answers.answer(2, categoryOf(root), categoryPayload(root, [a]));
    await answers.answer(3, categoryOf(a), categoryPayload(a, [b]));
    const closing = await answers.answer(4, categoryOf(b), categoryPayload(b, [root]));
    const before = [await readNodes([root, a, b]), await readQuarantine(closing)];
    await answers.answer(5, categoryOf('0'), categoryPayload('0', [root]));
    await runReprocess(db.pool, true);
    expect([await readNodes([root, a, b]), await readQuarantine(closing)]).toEqual(before);
  });
});

describe('the level of a category', () => {
  it('that no answer states follows from the nodes above it', async () => {
    const [root, a, b, c] = newIds(4) as [string, string, string, string];
    await answers.answer(1, categoryOf('0'), categoryPayload('0', [root]));
    await answers.answer(2, categoryOf(root), categoryPayload(root, [a]));
    await answers.answer(3, categoryOf(a), categoryPayload(a, [b]));
    await answers.answer(4, categoryOf(b), categoryPayload(b, [c], { level: 3 }));
    expect(await readNodes([root, a, b, c])).toEqual([
      [root, null, root, 1],
      [a, root, `${root}/${a}`, 2],
      [b, a, `${root}/${a}/${b}`, 3],
      [c, b, `${root}/${a}/${b}/${c}`, 4],
    ]);
  });

  it('is not the one of a place that is refused', async () => {
    const [root, a, b] = newIds(3) as [string, string, string];
    await answers.answer(1, categoryOf('0'), categoryPayload('0', [root]));
    await answers.answer(2, categoryOf(root), categoryPayload(root, [a], { level: 1 }));
    await answers.answer(3, categoryOf(a), categoryPayload(a, [b], { level: 2 }));
    await answers.answer(4, categoryOf(b), categoryPayload(b, [root], { level: 3 }));
    expect(await readNodes([root, a, b])).toEqual([
      [root, null, root, 1],
      [a, root, `${root}/${a}`, 2],
      [b, a, `${root}/${a}/${b}`, 3],
    ]);
  });

  it('is not known below a node of which nobody knows the level, and is once that is known', async () => {
    const [top, a] = newIds(2) as [string, string];
    const below = String(Number(a) + 1);
    await answers.answer(1, categoryOf(a), categoryPayload(a, [below], { parentIDs: [Number(top)] }));
    expect(await readNodes([a, below])).toMatchObject([
      [a, top, `${top}/${a}`, null],
      [below, a, `${top}/${a}/${below}`, null],
    ]);
    await answers.answer(2, categoryOf('0'), categoryPayload('0', [top]));
    expect(await readNodes([top, a, below])).toMatchObject([
      [top, null, top, 1],
      [a, top, `${top}/${a}`, 2],
      [below, a, `${top}/${a}/${below}`, 3],
    ]);
  });
});
