import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { normalizeAnswer } from '../../../src/transform/normalize-answer.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { provenance } from '../../support/answers.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let world: LoadWorld;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

const { newId } = createIds();
let calls = 100;
const load = async (id: string, minutes: number, payload: JsonObject) => {
  const fields = { offerId: id, subject: 'x', status: 'published', minOrderQuantity: 1 };
  const request = { operation: 'offer.detail', offerId: id, language: 'en' } as const;
  const from = provenance(minutes, String((calls += 1)));
  await world.load(normalizeAnswer(request, { ...fields, ...payload }, from, null));
};

it('a status that can not be read leaves an offer as the newest before says, in any order', async () => {
  for (const [id, order] of [
    ['2', [0, 1]],
    ['3', [1, 0]],
  ] as const) {
    const loads = [
      () => load(id, 1, { status: 'member expired', productSaleInfo: {}, productSkuInfos: [] }),
      () => load(id, 2, { status: { code: 3 }, productSaleInfo: {}, productSkuInfos: [] }),
    ];
    for (const n of order) await loads[n]?.();
  }
  const { rows } = await db.pool.query<{ state: string; source_status: string }>(
    `SELECT state, source_status FROM catalog.offer WHERE offer_id IN (2, 3) ORDER BY offer_id`,
  );
  expect(rows[0]).toEqual({ state: 'delisted', source_status: 'member expired' });
  expect(rows[1]).toEqual(rows[0]);
});

it('a late status is that of an offer as long as no newer one can be read', async () => {
  const states: unknown[] = [];
  for (const statuses of [
    ['published', 'member expired', { code: 3 }, { code: 3 }],
    ['member expired', 'published', { code: 3 }, { code: 3 }],
    ['member expired', { code: 3 }, 'published', { code: 3 }],
    ['member expired', { code: 3 }, { code: 3 }, 'published'],
  ])
    for (const order of [
      [4, 3, 2, 1],
      [1, 4, 2, 3],
      [3, 1, 4, 2],
    ]) {
      const id = newId();
      for (const minutes of order) await load(id, minutes, { status: statuses[minutes - 1] ?? null });
      const { rows } = await db.pool.query<{ text: string }>(
        `SELECT concat_ws(' ', state, source_status) AS text FROM catalog.offer WHERE offer_id = $1`,
        [id],
      );
      states.push(rows[0]?.text);
    }
  const [delisted, listed] = ['delisted member expired', 'listed published'];
  expect(states).toEqual([delisted, listed, listed, listed].flatMap((text) => [text, text, text]));
});
