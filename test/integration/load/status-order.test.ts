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

/** The state and the status of an offer, and the minutes at which its states began. */
async function read(id: string): Promise<string> {
  const { rows } = await db.pool.query<{ text: string }>(
    `SELECT concat_ws(' ', o.state, o.source_status, (
       SELECT string_agg(concat(c.old, '>', c.new, '@', extract(minute FROM c.observed_at)), ' ' ORDER BY c.observed_at, c.change_id)
       FROM catalog.offer_change c WHERE c.offer_id = o.offer_id AND c.field = 'state')) AS text
     FROM catalog.offer o WHERE o.offer_id = $1`,
    [id],
  );
  return rows[0]?.text ?? '';
}

it.each([
  [['published', 'member expired', null, null], 'delisted member expired >listed@1 listed>delisted@2'],
  [['member expired', 'published', null, null], 'listed published >delisted@1 delisted>listed@2'],
  [['member expired', null, 'published', null], 'listed published >delisted@1 delisted>listed@3'],
  [['member expired', null, null, 'published'], 'listed published >delisted@1 delisted>listed@4'],
  [
    [null, 'member expired', null, 'published'],
    'listed published >listed@1 listed>delisted@2 delisted>listed@4',
  ],
])('statuses %j, of which null can not be read, are the same in any order', async (statuses, expected) => {
  const orders = [
    [1, 2, 3, 4],
    [4, 3, 2, 1],
    [1, 4, 2, 3],
    [3, 1, 4, 2],
    [2, 1, 3, 4],
  ];
  const states: string[] = [];
  for (const order of orders) {
    const id = newId();
    for (const minutes of order) await load(id, minutes, { status: statuses[minutes - 1] ?? { code: 3 } });
    states.push(await read(id));
  }
  expect(states).toEqual(orders.map(() => expected));
});
