import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { mergePrices, type PriceRow } from '../../../src/load/merge-prices.ts';
import {
  addWindow,
  believeEmptyDetails,
  empty,
  found,
  minute,
  price,
  searchPage,
  searchRow,
} from '../../support/answers.ts';
import { learn } from '../../../src/refresh/learn.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createIds, openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

/* What the newest details of offers make of their rows, changes and prices. */

let db: TestDatabase;
let world: LoadWorld;
const { newId, at: newCall } = createIds();
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  await believeEmptyDetails(db.pool);
  await db.pool.query(
    `INSERT INTO sync.run (run_id, scope, trigger, source, status, feeds, started_at) OVERRIDING SYSTEM VALUE
     SELECT n, 'all', 'x', 'sandbox', 'succeeded', '[]', now() FROM generate_series(1, 2) n`,
  );
});
afterAll(() => db.drop());

const at = (minutes: number, runId: string | null = null) => ({
  ...newCall(minutes),
  runId,
});
const select = async (text: string, ...values: unknown[]) =>
  (await db.pool.query<Record<string, unknown>>(text, values)).rows;

it('an offer keeps the call of a newer row when an older detail is its first, and not at the same time', async () => {
  const [older, same] = [newId(), newId()];
  const windowId = await addWindow(db.pool, 'calls');
  const row = at(5, '1');
  await world.load(searchPage(windowId, row, [searchRow(older), searchRow(same, { rank: 2 })]));
  const [first, second] = [at(3, '2'), at(5, '2')];
  await world.load(found(older, first), found(same, second));
  expect(
    await select(
      `SELECT subject, changed_at, call_id, run_id FROM catalog.offer WHERE offer_id = ANY ($1) ORDER BY offer_id`,
      [older, same],
    ),
  ).toEqual([
    { subject: '杯子', changed_at: minute(5), call_id: row.callId, run_id: '1' },
    { subject: '杯子', changed_at: minute(5), call_id: second.callId, run_id: '2' },
  ]);
  // What rows had said otherwise was no change of the offer.
  expect(
    await select('SELECT offer_id, field FROM catalog.offer_change WHERE offer_id = ANY ($1) ORDER BY 1', [
      older,
      same,
    ]),
  ).toEqual([
    { offer_id: older, field: 'state' },
    { offer_id: same, field: 'state' },
  ]);
});

it('only what differs of offers that are read at once is written', async () => {
  const [changed, same, back] = [newId(), newId(), newId()];
  const material = (value: string) => ({
    attributes: [
      { position: 0, attributeId: '3', name: '材质', value, nameTranslated: null, valueTranslated: null },
    ],
  });
  await world.load(...[changed, same, back].map((id) => found(id, at(1), material('a'))));
  await world.load(empty(back, at(2)));
  const versions = async () =>
    Object.fromEntries(
      (
        await select(
          `SELECT o.offer_id, o.xmin::text AS offer, a.xmin::text AS attribute FROM catalog.offer o
           JOIN catalog.offer_attribute a USING (offer_id) WHERE offer_id = ANY ($1)`,
          [changed, same, back],
        )
      ).map(({ offer_id: id, offer, attribute }) => [id, [offer, attribute]]),
    ) as Record<string, unknown[]>;
  const before = await versions();
  // Damage that nothing tells of: where the content is the same, attributes are not compared.
  await db.pool.query(`DELETE FROM catalog.offer_attribute WHERE offer_id = $1`, [back]);
  await world.load(
    found(changed, at(5), material('b')),
    found(same, at(5), material('a')),
    found(back, at(5), material('a')),
  );
  const after = await versions();
  expect(after[same]).toEqual(before[same]);
  expect([
    after[changed]?.[0] === before[changed]?.[0],
    after[changed]?.[1] === before[changed]?.[1],
  ]).toEqual([false, false]);
  expect(await select('SELECT value FROM catalog.offer_attribute WHERE offer_id = $1', back)).toEqual([]);
  expect(await select('SELECT state FROM catalog.offer WHERE offer_id = $1', back)).toEqual([
    { state: 'listed' },
  ]);
});

it('an offer that stays gone is not written again, and one that was never found is new as missing', async () => {
  const id = newId();
  const call = at(1, '1');
  await world.load(empty(id, call));
  expect(
    await select('SELECT state, changed_at, call_id, run_id FROM catalog.offer WHERE offer_id = $1', id),
  ).toEqual([{ state: 'missing', changed_at: minute(1), call_id: call.callId, run_id: '1' }]);
  await world.load(empty(id, at(2)));
  const gone = await select(
    'SELECT xmin::text, state, changed_at FROM catalog.offer WHERE offer_id = $1',
    id,
  );
  expect(gone).toMatchObject([{ state: 'gone', changed_at: minute(2) }]);
  await world.load(empty(id, at(3)));
  expect(
    await select('SELECT xmin::text, state, changed_at FROM catalog.offer WHERE offer_id = $1', id),
  ).toEqual(gone);
  expect(
    await select('SELECT old, new FROM catalog.offer_change WHERE offer_id = $1 ORDER BY change_id', id),
  ).toEqual([
    { old: null, new: 'missing' },
    { old: 'missing', new: 'gone' },
  ]);
});

it('what a newer version reads otherwise is no change that an offer made', async () => {
  const [changed, reread, priced] = [newId(), newId(), newId()];
  const [before, after] = [
    await openLoadWorld(db.pool, { learn, normalizerVersion: 3 }),
    await openLoadWorld(db.pool, { learn, normalizerVersion: 4 }),
  ];
  const shown = (id: string, minutes: number, subject: string, amount: string) =>
    found(id, at(minutes), { offer: { subject }, prices: [price(amount)] });
  await before.load(...[changed, reread, priced].map((id) => shown(id, 1, 'a', '1')));
  await before.load(shown(changed, 2, 'b', '1'), shown(priced, 2, 'a', '2'));
  await after.load(shown(reread, 2, 'b', '2'));
  expect(
    await select(
      'SELECT offer_id, changed_at FROM sync.refresh WHERE offer_id = ANY ($1) ORDER BY offer_id',
      [changed, reread, priced],
    ),
  ).toEqual([
    { offer_id: changed, changed_at: minute(2) },
    { offer_id: reread, changed_at: null },
    { offer_id: priced, changed_at: minute(2) },
  ]);
});

it('prices that an answer opened and ended are told by offer, and whether any is a quote', async () => {
  const [quoted, rows, further] = [newId(), newId(), newId()];
  await world.load(...[quoted, rows, further].map((id) => found(id, at(0))));
  const point = (offerId: string, kind: string, amount: string, more: Partial<PriceRow> = {}): PriceRow => ({
    ...{ offer_id: offerId, sku_id: '0', kind, min_quantity: 1, amount_cny: amount },
    ...more,
  });
  const merge = (minutes: number, offerId: string, isSearch: boolean, ...prices: readonly PriceRow[]) =>
    inTransaction(db.pool, (client) =>
      mergePrices(
        client,
        [{ offer_id: offerId, call_id: newCall(minutes).callId, at: minute(minutes), is_search: isSearch }],
        { prices, unread: [] },
      ),
    );
  const told = (offerId: string, opened: number, closed: number, isQuote: boolean) => [
    { offer_id: offerId, opened, closed, is_quote_changed: isQuote },
  ];
  const ten = { min_quantity: 10 };
  expect(await merge(1, quoted, false, point(quoted, 'list', '3'), point(quoted, 'list', '2', ten))).toEqual(
    told(quoted, 2, 0, true),
  );
  // The prices of rows are of no concern to details, nor the other way round.
  expect(await merge(2, quoted, true, point(quoted, 'search', '3'))).toEqual(told(quoted, 1, 0, true));
  expect(await merge(3, quoted, false, point(quoted, 'list', '4'))).toEqual(told(quoted, 1, 2, true));
  expect(await merge(4, quoted, false, point(quoted, 'list', '4'))).toEqual([]);
  expect(await merge(5, quoted, false)).toEqual(told(quoted, 0, 1, true));
  expect(await merge(1, further, true, point(further, 'search_consign', '2'))).toEqual(
    told(further, 1, 0, false),
  );
  expect(await merge(2, further, true)).toEqual(told(further, 0, 1, false));
  const both = [point(rows, 'search', '3'), point(rows, 'search_consign', '2')];
  expect(await merge(1, rows, true, ...both)).toEqual(told(rows, 2, 0, true));
  expect(await merge(1, rows, true, point(rows, 'search', '5'), point(rows, 'search_consign', '2'))).toEqual(
    told(rows, 1, 0, true),
  );
  expect(
    await select('SELECT offer_id, kind FROM catalog.price WHERE offer_id = ANY ($1) ORDER BY 1, 2', [
      quoted,
      rows,
      further,
    ]),
  ).toEqual([
    { offer_id: quoted, kind: 'search' },
    { offer_id: rows, kind: 'search' },
    { offer_id: rows, kind: 'search_consign' },
  ]);
});
