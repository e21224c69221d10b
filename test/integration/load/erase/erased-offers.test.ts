import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensurePartitions } from '../../../../src/db/partitions.ts';
import { inTransaction } from '../../../../src/db/in-transaction.ts';
import { eraseOffers, forgetSeller, hashSeller } from '../../../../src/load/erase/erase-offers.ts';
import { filterErased } from '../../../../src/load/erase/filter-erased.ts';
import { holdErasures, holdLoads } from '../../../../src/load/erase/lock-erased-sellers.ts';
import type { LoadableAnswer } from '../../../../src/model/catalog.ts';
import {
  addWindow,
  categories,
  empty,
  found,
  minute,
  node,
  provenance,
  searchPage,
  searchRow,
  seller,
  sku,
} from '../../../support/answers.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { openLoadWorld, type LoadWorld } from '../../../support/load-world.ts';
import { packBody } from '../../../../src/raw/stored-answer.ts';

const remember = (sellerId: string) =>
  db.pool.query('INSERT INTO sync.erased_seller (seller_hash, requested_at) VALUES ($1, $2)', [
    hashSeller(sellerId),
    minute(0),
  ]);

let db: TestDatabase;
let world: LoadWorld;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openLoadWorld(db.pool);
  for (const id of ['gone-1', 'gone-2', 'gone-3']) await remember(id);
});
afterAll(() => db.drop());

const select = async (text: string, ...values: unknown[]) =>
  (await db.pool.query<Record<string, unknown>>(text, values)).rows;

const listErased = async (...offerIds: string[]) =>
  (
    await select(
      'SELECT offer_id, seller_hash FROM sync.erased_offer WHERE offer_id = ANY ($1) ORDER BY offer_id',
      offerIds,
    )
  ).map((row) => [row['offer_id'], (row['seller_hash'] as Buffer).toString('hex').slice(0, 8)]);

const hash = (sellerId: string) => hashSeller(sellerId).toString('hex').slice(0, 8);

const full = {
  specId: 'spec',
  cargoNumber: 'A-1',
  imageUrl: 'https://cbu01.alicdn.com/3.jpg',
  attributes: [{ attributeId: '1', name: '颜色', value: '红', nameTranslated: null, valueTranslated: null }],
};

/** An offer with everything that a seller writes, twice: the second time otherwise. */
const rich = (offerId: string, sellerId: string, from: number) =>
  [0, 1].map((nth) =>
    found(offerId, provenance(from + nth), {
      seller: seller(sellerId, { companyName: `${sellerId} Ltd` }),
      offer: {
        ...{ subject: `cup ${nth}`, subjectTranslated: `Cup ${nth}`, unit: `unit ${nth}`, sellerId },
        ...{
          imageUrls: [`https://cbu01.alicdn.com/${nth}.jpg`],
          whiteImageUrl: 'w',
          videoUrl: 'v',
          shipFrom: 'somewhere',
        },
        ...{ cargoNumber: 'C', sellingPoints: ['s'], certificates: [], minOrderQuantity: 2 + nth },
        ...{ batchNumber: 5 + nth, quoteType: nth === 0 ? 0 : 1, categoryId: String(77 + nth) },
      },
      skus: nth === 0 ? [sku('1', full), sku('2', full)] : [sku('1', { ...full, label: 'other' })],
      attributes: [
        {
          ...{ position: 0, attributeId: '3', name: 'n', value: 'v' },
          ...{ nameTranslated: null, valueTranslated: null },
        },
      ],
    }),
  );

const tables = {
  offer: `SELECT seller_id, subject, subject_translated, source_status, unit, unit_translated, main_image_url, image_urls, white_image_url, video_url,
            ship_from,
            cargo_number, selling_points, certificates, content_hash, category_id, min_order_quantity, state
          FROM catalog.offer WHERE offer_id = $1`,
  attribute: 'SELECT value FROM catalog.offer_attribute WHERE offer_id = $1',
  sku: `SELECT sku_id, state, stock, spec_id, cargo_number, label, attributes, image_url
        FROM catalog.sku WHERE offer_id = $1 ORDER BY sku_id`,
  history: `SELECT sku_id, state, spec_id, cargo_number, label, attributes, image_url FROM catalog.sku_history WHERE offer_id = $1
            ORDER BY sku_id, valid_from`,
  change: 'SELECT field, old, new FROM catalog.offer_change WHERE offer_id = $1 ORDER BY field, change_id',
  refresh: 'SELECT offer_id FROM sync.refresh WHERE offer_id = $1',
};

async function dump(offerId: string): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(tables)) all[name] = await select(sql, offerId);
  return all;
}

it('what a seller wrote into its offers is erased, in what they are and were, and other offers stay', async () => {
  await world.load(...rich('1', 'theirs', 1), ...rich('2', 'theirs', 11), ...rich('3', 'others', 21));
  // A SKU that was gone for a while has a past of which nothing is known.
  await world.load(
    found('1', provenance(5), { seller: seller('theirs'), skus: [sku('1', full), sku('2', full)] }),
  );
  const [one, other] = [await dump('1'), await dump('3')];
  expect(one['history']).toContainEqual(
    expect.objectContaining({ sku_id: '2', state: 'gone', attributes: null }),
  );
  await remember('theirs');
  await inTransaction(db.pool, (client) => eraseOffers(client, [], hashSeller('theirs')));
  await inTransaction(db.pool, (client) => eraseOffers(client, ['1', '2'], hashSeller('theirs')));
  await inTransaction(db.pool, (client) => eraseOffers(client, ['1'], hashSeller('gone-1')));
  expect(await listErased('1', '2', '3')).toEqual([
    ['1', hash('theirs')],
    ['2', hash('theirs')],
  ]);
  const nothing = { spec_id: null, cargo_number: null, label: null, attributes: [], image_url: null };
  const kept = ['state', 'category_id', 'quote_type', 'min_order_quantity', 'batch_number'];
  const erased = await dump('1');
  const [offer] = erased['offer'] as Record<string, unknown>[];
  const { category_id: category, min_order_quantity: quantity, state, ...texts } = offer ?? {};
  expect([category, quantity, state]).toEqual(['77', 2, 'listed']);
  expect(new Set(Object.values(texts))).toEqual(new Set([null]));
  expect([erased['attribute'], erased['refresh']]).toEqual([[], []]);
  expect(erased['sku']).toEqual([
    { sku_id: '1', state: 'listed', stock: '5', ...nothing },
    { sku_id: '2', state: 'listed', stock: '5', ...nothing },
  ]);
  expect(erased['history']).toEqual(
    (one['history'] as { sku_id: string; state: string }[]).map(({ sku_id: skuId, state: was }) => ({
      ...{ sku_id: skuId, state: was },
      ...nothing,
      attributes: was === 'listed' ? [] : null,
    })),
  );
  expect(erased['change']).toEqual(
    (one['change'] as { field: string }[]).map((change) =>
      kept.includes(change.field) ? change : { field: change.field, old: null, new: null },
    ),
  );
  expect(
    kept.filter((field) => !(one['change'] as { field: string }[]).some((c) => c.field === field)),
  ).toEqual([]);
  expect((await dump('2'))['sku']).toHaveLength(2);
  expect(await dump('3')).toEqual(other);
});

it('a seller is forgotten with what is known of it, also where an offer was its own once', async () => {
  await world.load(found('31', provenance(31), { seller: seller('leaves', { companyName: 'L' }) }));
  await world.load(found('31', provenance(32), { seller: seller('comes', { companyName: 'C' }) }));
  await world.load(found('31', provenance(33), { seller: seller('leaves', { companyName: 'M' }) }));
  await world.load(found('31', provenance(34), { seller: seller('comes'), offer: { subject: 'leaves' } }));
  await forgetSeller(db.pool, 'leaves');
  for (const table of ['catalog.seller', 'catalog.seller_history', 'sync.seller_observation'])
    expect(
      await select(`SELECT DISTINCT seller_id FROM ${table} WHERE seller_id IN ('leaves', 'comes')`),
    ).toEqual([{ seller_id: 'comes' }]);
  expect(
    await select(
      `SELECT field, old, new FROM catalog.offer_change WHERE offer_id = 31 AND field IN ('seller_id', 'subject')
       ORDER BY change_id`,
    ),
  ).toEqual([
    { field: 'seller_id', old: null, new: 'comes' },
    { field: 'seller_id', old: 'comes', new: null },
    { field: 'seller_id', old: null, new: 'comes' },
    { field: 'subject', old: '杯子', new: 'leaves' },
  ]);
});

const noted = <T extends LoadableAnswer>(answer: T): T => ({
  ...answer,
  rejects: [{ path: 'a', reason: 'b', sample: 'call me' }],
  drifts: [{ path: 'c', kind: 'unknown', sample: 'call me' }],
});

it('of answers that tell of erased sellers nothing is left but rows of pages, without examples', async () => {
  await inTransaction(db.pool, (client) => eraseOffers(client, ['40'], hashSeller('gone-3')));
  const windowId = await addWindow(db.pool, 'filtered');
  const answers = [
    // By the offer; by the seller that the offer names; by the seller that is described.
    noted(found('40', provenance(41), { seller: seller('innocent') })),
    noted(found('41', provenance(42), { seller: null, offer: { sellerId: 'gone-1' } })),
    noted(found('42', provenance(43), { seller: seller('gone-2'), offer: { sellerId: null } })),
    noted(found('41', provenance(44), { offer: { sellerId: 'gone-1' } })),
    noted(found('43', provenance(45), { seller: seller('innocent') })),
    noted(found('44', provenance(46), { seller: null })),
    noted(empty('45', provenance(47))),
    noted(searchPage(windowId, provenance(48), [searchRow('43'), searchRow('40', { rank: 2 })])),
    noted(searchPage(windowId, provenance(49), [searchRow('43')])),
    noted({ ...searchPage(windowId, provenance(50), []), record: null }),
    noted(categories('40', provenance(51), node('40'))),
  ] as const;
  const filtered = await inTransaction(db.pool, (client) => filterErased(client, answers));
  expect(await listErased('40', '41', '42', '43', '44', '45')).toEqual([
    ['40', hash('gone-3')],
    ['41', hash('gone-1')],
    ['42', hash('gone-2')],
  ]);
  const emptied = (index: number) => ({ ...answers[index], record: null, rejects: [], drifts: [] });
  expect(filtered.answers).toEqual([
    emptied(0),
    emptied(1),
    emptied(2),
    emptied(3),
    ...answers.slice(4, 7),
    {
      ...answers[7],
      rejects: [{ path: 'a', reason: 'b', sample: null }],
      drifts: [{ path: 'c', kind: 'unknown', sample: null }],
    },
    ...answers.slice(8),
  ]);
  const none = answers.slice(4, 7);
  expect((await inTransaction(db.pool, (client) => filterErased(client, none))).answers).toBe(none);
});

it('stored answers of an offer that turned out to be theirs go with the load', async () => {
  await ensurePartitions(db.pool, minute(0));
  for (const [rawId, offerId] of [
    ['62', '61'],
    ['63', '62'],
  ] as const) {
    const { gzipped, bytes, sha256 } = await packBody(Buffer.from('{}'));
    await db.pool.query(
      `INSERT INTO raw.payload (raw_id, stored_at, call_id, operation, request, request_hash, observed_at, http_status, body,
                                body_bytes, body_sha256)
       VALUES ($1, $2, $1, 'offer.detail', $3, '\\x00', $2, 200, $4, $5, $6)`,
      [rawId, minute(0), { offerId }, gzipped, bytes, sha256],
    );
  }
  await world.load(
    found('61', provenance(61), { seller: seller('gone-1') }),
    found('62', provenance(62), { seller: seller('innocent') }),
  );
  expect(await select('SELECT raw_id FROM raw.payload')).toEqual([{ raw_id: '63' }]);
});

it('a load that brings sellers holds erasures back, and one without does not', async () => {
  const modesDuring = (work: (client: Parameters<typeof filterErased>[0]) => Promise<unknown>) =>
    inTransaction(db.pool, async (client) => {
      await work(client);
      const { rows } = await client.query<{ mode: string }>(
        `SELECT mode FROM pg_locks WHERE relation = 'sync.erased_seller'::regclass AND pid = pg_backend_pid()
           AND mode <> 'AccessShareLock' ORDER BY mode`,
      );
      return rows.map(({ mode }) => mode);
    });
  const detail = found('43', provenance(71), { seller: seller('innocent') });
  const nameless = found('44', provenance(72));
  expect(await modesDuring((client) => filterErased(client, [detail]))).toEqual(['RowShareLock']);
  expect(await modesDuring((client) => filterErased(client, [nameless]))).toEqual([]);
  expect(await modesDuring(holdErasures)).toEqual(['RowShareLock']);
  expect(await modesDuring(holdLoads)).toEqual(['ExclusiveLock']);
});
