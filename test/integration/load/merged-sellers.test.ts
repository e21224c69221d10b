import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { createCorrection, type LoadContext } from '../../../src/load/load-context.ts';
import { mergeSellers, type SellerObservation } from '../../../src/load/merge-sellers.ts';
import { minute, seller } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

/* The newest description of a seller holds, and the newest name that any tells, whichever order they come in. */

let db: TestDatabase;
let lastId = 0;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

type Told = readonly [minutes: number, callId: number, score: string | null, name?: string];

const observe = (sellerId: string, [minutes, callId, score, companyName]: Told): SellerObservation => ({
  sellerId,
  record:
    score === null
      ? null
      : seller(sellerId, {
          compositeServiceScore: score,
          companyName: companyName ?? null,
          tradeMedalLevel: '2.5',
        }),
  key: { at: minute(minutes), callId: String(callId) },
});

/** Merges observations at once; gives how many sellers a replay says that it corrected. */
async function merge(sellerId: string, told: readonly Told[], isReplay = false): Promise<number> {
  const correction = createCorrection();
  const replay = isReplay ? { correction, wasReplayed: async () => new Set<string>() } : null;
  await inTransaction(db.pool, (client) =>
    mergeSellers(
      { client, replay } as LoadContext,
      told.map((one) => observe(sellerId, one)),
    ),
  );
  return correction.sellers;
}

async function read(sellerId: string): Promise<unknown[]> {
  const { rows } = await db.pool.query<{ row: unknown[] }>(
    `SELECT json_build_array(s.composite_service_score::float, s.company_name, s.call_id, l.call_id, l.name_call_id) AS row
     FROM catalog.seller s LEFT JOIN sync.seller_observation l USING (seller_id) WHERE seller_id = $1`,
    [sellerId],
  );
  return rows[0]?.row ?? [];
}

const stories: readonly (readonly [name: string, told: readonly Told[], shown: readonly unknown[]])[] = [
  [
    'the later of two',
    [
      [1, 11, '1'],
      [2, 10, '2'],
    ],
    [2, null, 10, 10, null],
  ],
  [
    'the higher call at one time',
    [
      [1, 10, '1'],
      [1, 11, '2'],
    ],
    [2, null, 11, 11, null],
  ],
  [
    'a description, not a newer mention',
    [
      [1, 10, '1'],
      [2, 11, null],
    ],
    [1, null, 10, 10, null],
  ],
  [
    'a name that the newest leaves out',
    [
      [1, 10, '1', 'A'],
      [2, 11, '2'],
    ],
    [2, 'A', 11, 11, 10],
  ],
  [
    'the newest of several names',
    [
      [1, 10, '1', 'A'],
      [2, 11, '2', 'B'],
      [3, 12, '3'],
    ],
    [3, 'B', 12, 12, 11],
  ],
  [
    'the name of the higher call at one time',
    [
      [1, 10, '1', 'A'],
      [1, 11, '2', 'B'],
    ],
    [2, 'B', 11, 11, 11],
  ],
  [
    'the newest with its name',
    [
      [1, 10, '1', 'A'],
      [5, 13, '2', 'B'],
      [3, 12, '3'],
    ],
    [2, 'B', 13, 13, 13],
  ],
];

it.each(stories)('of several answers it is %s', async (_, told, shown) => {
  const orders =
    told.length === 2
      ? [
          [0, 1],
          [1, 0],
        ]
      : [
          [0, 1, 2],
          [2, 0, 1],
          [1, 2, 0],
          [2, 1, 0],
        ];
  for (const order of orders) {
    const inOrder = order.flatMap((index) => told.slice(index, index + 1));
    const [atOnce, oneByOne] = [`s-${(lastId += 1)}`, `s-${(lastId += 1)}`];
    await merge(atOnce, inOrder);
    for (const one of inOrder) await merge(oneByOne, [one]);
    expect([order, (await read(atOnce)).map(String)]).toEqual([order, shown.map(String)]);
    // A seller that was only mentioned at first has the call of its first description as well.
    expect([order, (await read(oneByOne)).map(String)]).toEqual([order, shown.map(String)]);
  }
});

it('a seller that answers only mention is there, without a word about it', async () => {
  const id = 'mentioned';
  await merge(id, [
    [1, 10, null],
    [2, 11, null],
  ]);
  expect(await read(id)).toEqual([null, null, 10, 0, null]);
  await merge(id, [[3, 12, null]]);
  expect(await read(id)).toEqual([null, null, 10, 0, null]);
  await merge(id, []);
  await merge(id, [[0, 9, '4', 'A']]);
  expect(await read(id)).toEqual([4, 'A', 9, 9, 9]);
});

it('half a level counts as a level less, and nothing is written where nothing differs', async () => {
  const id = 'level';
  await merge(id, [[1, 10, '1', 'A']]);
  const version = async () =>
    (
      await db.pool.query<object>(
        `SELECT s.xmin::text, trade_medal_level, trade_medal::float FROM catalog.seller s WHERE seller_id = $1`,
        [id],
      )
    ).rows[0];
  const before = await version();
  expect(before).toMatchObject({ trade_medal_level: 2, trade_medal: 2.5 });
  await merge(id, [[2, 11, '1', 'A']]);
  await merge(id, [[3, 12, '1']]);
  await merge(id, [[2, 11, '1', 'A']]);
  expect(await version()).toEqual(before);
});

it('read again, the answers that described and named a seller last say what it is, and no others', async () => {
  const id = 'replayed';
  await merge(id, [[1, 10, '1', 'A']]);
  await merge(id, [[5, 11, '2']]);
  expect(await merge(id, [[1, 10, '9', 'A']], true)).toBe(0);
  expect(await merge(id, [[5, 11, '2']], true)).toBe(0);
  expect(await read(id)).toEqual([2, 'A', 11, 11, 10]);
  expect(await merge(id, [[5, 11, '3']], true)).toBe(1);
  expect(await merge(id, [[1, 10, '1', 'B']], true)).toBe(1);
  expect(await merge(id, [[1, 10, '1', 'B']], true)).toBe(0);
  expect(await read(id)).toEqual([3, 'B', 11, 11, 10]);
  // A name that was not read before; and both at once, by two answers.
  expect(await merge(id, [[5, 11, '3', 'C']], true)).toBe(1);
  expect(await read(id)).toEqual([3, 'C', 11, 11, 11]);
});
