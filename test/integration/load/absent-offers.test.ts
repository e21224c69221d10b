import { afterAll, beforeAll, expect, it } from 'vitest';
import { inTransaction } from '../../../src/db/in-transaction.ts';
import { findAbsent, markAbsent } from '../../../src/load/absence.ts';
import { lockOffers } from '../../../src/refresh/update/freshness-rows.ts';
import { found, minute, provenance } from '../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { openLoadWorld } from '../../support/load-world.ts';

/* Which offers a complete pass should have listed and did not. Times are minutes. */

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.drop());

let windows = 0;

interface Window {
  readonly parent?: string;
  readonly completeSince?: number;
  readonly retiredAt?: number;
  readonly isSplit?: boolean;
  readonly image?: string;
}

/** A window that saw offers last at these minutes; gives its id. */
async function addWindow(window: Window, seen: Readonly<Record<string, number>>): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>(
    `INSERT INTO sync.search_window (feed, keyword, image, language, parent_window_id, complete_since, retired_at, is_split)
     VALUES ('cups', $1, $2, 'en', $3, $4, $5, $6) RETURNING window_id AS id`,
    [
      window.image === undefined ? `k${(windows += 1)}` : '',
      window.image ?? '',
      window.parent ?? null,
      window.completeSince === undefined ? null : minute(window.completeSince),
      window.retiredAt === undefined ? null : minute(window.retiredAt),
      window.isSplit ?? false,
    ],
  );
  const id = rows[0]?.id ?? '';
  for (const [offerId, minutes] of Object.entries(seen))
    await db.pool.query('INSERT INTO sync.window_offer VALUES ($1, $2, $3, $3)', [
      id,
      offerId,
      minute(minutes),
    ]);
  return id;
}

const pass = (windowId: string, since: number, previousSince: number | null, callId = '900') => ({
  windowId,
  since: minute(since),
  previousSince: previousSince === null ? null : minute(previousSince),
  provenance: provenance(since, callId),
});

const listAbsent = async (...passes: ReturnType<typeof pass>[]) =>
  (await inTransaction(db.pool, (client) => findAbsent(client, passes)))
    .map(({ offerId }) => Number(offerId))
    .toSorted((a, b) => a - b);

it('are those that it held since the complete pass before, until it began', async () => {
  const id = await addWindow({}, { 101: 9, 102: 10, 103: 5, 104: 4, 105: 8, 106: 11 });
  await addWindow({ parent: id }, { 105: 10, 107: 6, 104: 5 });
  expect(await listAbsent(pass(id, 10, 5))).toEqual([101, 103, 104, 107]);
  expect(await listAbsent(pass(id, 10, 6))).toEqual([101, 107]);
  expect(await listAbsent(pass(id, 12, null))).toEqual([101, 102, 103, 104, 105, 106, 107]);
  expect(await listAbsent()).toEqual([]);
});

it('are none that another search holds, by itself or by its parts', async () => {
  const id = await addWindow({}, { 201: 9, 202: 9, 203: 9, 204: 9, 205: 9, 206: 9, 207: 9, 208: 9 });
  const other = await addWindow({ completeSince: 8 }, { 201: 8, 202: 7, 203: 9 });
  await addWindow({ parent: other }, { 204: 8, 205: 7 });
  await addWindow({ completeSince: 8, retiredAt: 9 }, { 206: 9 });
  await addWindow({}, { 207: 9 });
  expect(await listAbsent(pass(id, 10, 5))).toEqual([202, 205, 206, 207, 208]);
  // Of two passes that should have listed it, the offer is told once, with the first.
  const both = await inTransaction(db.pool, (client) =>
    findAbsent(client, [pass(id, 10, 5, '901'), pass(id, 11, null, '902')]),
  );
  expect(both).toHaveLength(5);
  expect(new Set(both.map(({ provenance: { callId } }) => callId))).toEqual(new Set(['901']));
});

it('are, of a search that is read by its parts, those only that had a price in a row', async () => {
  const id = await addWindow({ isSplit: true }, {});
  await addWindow({ parent: id }, { 301: 9, 302: 9, 303: 9, 304: 9 });
  const world = await openLoadWorld(db.pool);
  await world.load(...[301, 302, 303].map((offer) => found(String(offer), provenance(1, String(offer)))));
  await db.pool.query(
    `INSERT INTO catalog.price (offer_id, sku_id, kind, min_quantity, amount_cny, valid_from, call_id)
     VALUES (301, 0, 'search', 1, 5, $1, 1), (302, 0, 'list', 1, 5, $1, 1), (303, 7, 'search', 1, 5, $1, 1)`,
    [minute(1)],
  );
  expect(await listAbsent(pass(id, 10, 5))).toEqual([301]);
});

it('are none of a search for what looks like a picture', async () => {
  const id = await addWindow({ image: 'a' }, { 401: 9 });
  expect(await listAbsent(pass(id, 10, 5))).toEqual([]);
});

it('are missing where they were listed, and due by it; what was seen since the pass began is not', async () => {
  const world = await openLoadWorld(db.pool);
  const ids = ['501', '502', '503', '504'];
  await world.load(...[501, 502, 503].map((id) => found(String(id), provenance(1, String(id)))));
  await world.load(found('504', provenance(10, '504')));
  await db.pool.query(`UPDATE catalog.offer SET state = 'delisted' WHERE offer_id = 502`);
  const absences = ['501', '502', '504', '599'].map((offerId) => ({
    offerId,
    since: minute(10),
    provenance: provenance(12, '950'),
  }));
  const freshness = await inTransaction(db.pool, async (client) => {
    const known = await lockOffers(
      client,
      ids.map((offerId) => ({ offerId, provenance: provenance(12, '950') })),
    );
    await markAbsent(client, absences, known);
    return known;
  });
  expect(
    ids.map((id) => {
      const { absent, refreshStats } = freshness.get(id) ?? {};
      return [absent, refreshStats?.stale];
    }),
  ).toEqual([
    [
      { at: minute(10), callId: '950' },
      { since: minute(10), by: 'absence' },
    ],
    [{ at: minute(10), callId: '950' }, null],
    [null, null],
    [{ at: minute(10), callId: '950' }, null],
  ]);
  const { rows } = await db.pool.query<{ row: unknown[] }>(
    `SELECT json_build_array(offer_id, state, call_id) AS row FROM catalog.offer WHERE offer_id > 500 ORDER BY offer_id`,
  );
  expect(rows.map(({ row }) => row)).toEqual([
    [501, 'missing', 950],
    [502, 'delisted', 502],
    [503, 'listed', 503],
    [504, 'listed', 504],
  ]);
  const changes = await db.pool.query<object>(
    `SELECT offer_id, old, new, observed_at, call_id FROM catalog.offer_change WHERE new = 'missing'`,
  );
  expect(changes.rows).toEqual([
    { offer_id: '501', old: 'listed', new: 'missing', observed_at: minute(12), call_id: '950' },
  ]);
});
