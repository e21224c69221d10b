import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  empty,
  found,
  learnNothing,
  minute,
  price,
  provenance,
  seller,
  sku,
  storeRaw,
  unusable,
} from '../../support/answers.ts';

let db: TestDatabase;
let store: CatalogStore;
let lastId = 1000;
const newId = () => String(++lastId);

beforeAll(async () => {
  db = await createTestDatabase();
  store = createCatalogStore({
    pool: db.pool,
    learn: learnNothing,
    log: createLogger({ level: 'silent', pretty: false }),
    normalizerVersion: 3,
    read: () => null,
  });
});
afterAll(() => db.drop());

async function select<T>(sql: string, ...values: unknown[]): Promise<T[]> {
  const { rows } = await db.pool.query(sql, values);
  return rows as T[];
}

async function readOffer(id: string): Promise<Record<string, unknown> | undefined> {
  return (await select<Record<string, unknown>>('SELECT * FROM catalog.offer WHERE offer_id = $1', id))[0];
}

const intervals = (id: string) =>
  select(
    `SELECT kind, sku_id, min_quantity, trim_scale(amount_cny) AS amount, valid_from, valid_to
     FROM (SELECT offer_id, kind, sku_id, min_quantity, amount_cny, valid_from, valid_to FROM catalog.price_history
           UNION ALL
           SELECT offer_id, kind, sku_id, min_quantity, amount_cny, valid_from, NULL FROM catalog.price) every
     WHERE offer_id = $1 ORDER BY kind::text, sku_id, min_quantity, valid_from`,
    id,
  );

const span = (amount: string, from: number, to: number | null, kind = 'list') => ({
  kind,
  sku_id: '0',
  min_quantity: 1,
  amount,
  valid_from: minute(from),
  valid_to: to === null ? null : minute(to),
});

describe('prices', () => {
  it('opens a price, closes it when another amount shows, and ends it when it is absent', async () => {
    const id = newId();
    await store.load([found(id, provenance(1), { prices: [price('10')] })]);
    const report = await store.load([
      found(id, provenance(2), { prices: [price('12.5'), price('11', { kind: 'promotion' })] }),
    ]);
    expect(report).toMatchObject({ pricesOpened: 2, pricesClosed: 1, offersChanged: 1, offersNew: 0 });
    await store.load([found(id, provenance(3), { prices: [price('12.5')] })]);
    expect(await intervals(id)).toEqual([
      span('10', 1, 2),
      span('12.5', 2, null),
      span('11', 2, 3, 'promotion'),
    ]);
  });

  it('opens no version for an unchanged answer, whatever its sales and stock', async () => {
    const id = newId();
    const plain = { prices: [price('10')], skus: [sku('1')] };
    await store.load([found(id, provenance(1), plain)]);
    const before = await select('SELECT xmin::text, * FROM catalog.offer WHERE offer_id = $1', id);
    const report = await store.load([
      found(id, provenance(2), { ...plain, offer: { soldCount: 900, stock: 1 } }),
    ]);
    expect(report).toMatchObject({ offersUnchanged: 1, offersChanged: 0, pricesOpened: 0, pricesClosed: 0 });
    expect(await select('SELECT xmin::text, * FROM catalog.offer WHERE offer_id = $1', id)).toEqual(before);
    expect(await intervals(id)).toEqual([span('10', 1, null)]);
    expect(
      await select(
        'SELECT sold_count, stock FROM catalog.observation WHERE offer_id = $1 ORDER BY observed_at',
        id,
      ),
    ).toEqual([
      { sold_count: '7', stock: '100' },
      { sold_count: '900', stock: '1' },
    ]);
  });

  it('keeps a late answer, when a newer one is not kept, as an observation, and changes neither state nor history', async () => {
    const id = newId();
    await store.load([found(id, provenance(1), { prices: [price('10')] })]);
    await store.load([found(id, provenance(5), { prices: [price('11')] })]);
    const state = [await readOffer(id), await intervals(id)];
    await store.load([found(id, provenance(3), { prices: [price('99')], offer: { subject: 'late' } })]);
    expect([await readOffer(id), await intervals(id)]).toEqual(state);
    expect(
      await select('SELECT is_late FROM catalog.observation WHERE offer_id = $1 ORDER BY observed_at', id),
    ).toEqual([{ is_late: false }, { is_late: true }, { is_late: false }]);
  });

  it('lets the higher call win at one and the same time, without an interval of no length', async () => {
    for (const order of [
      ['7', '8'],
      ['8', '7'],
    ]) {
      const id = newId();
      for (const call of order) {
        await store.load([found(id, provenance(1, call), { prices: [price(call)] })]);
      }
      expect(await intervals(id)).toEqual([span('8', 1, null)]);
    }
  });

  it('ends the prices of an offer that is gone, and opens new ones when it is back', async () => {
    const id = newId();
    await store.load([found(id, provenance(1), { prices: [price('10')] })]);
    await store.load([empty(id, provenance(2))]);
    expect(await intervals(id)).toEqual([span('10', 1, null)]);
    await store.load([empty(id, provenance(3))]);
    expect(await intervals(id)).toEqual([span('10', 1, 3)]);
    await store.load([found(id, provenance(4), { prices: [price('10')] })]);
    expect(await intervals(id)).toEqual([span('10', 1, 3), span('10', 4, null)]);
  });

  it('gives a late answer its place before empty ones that were loaded before it', async () => {
    const id = newId();
    await store.load([found(id, provenance(1), { prices: [price('10')] })]);
    for (const time of [2, 5]) await store.load([empty(id, provenance(time))]);
    await store.load([found(id, provenance(3), { prices: [price('12')] })]);
    expect(await intervals(id)).toEqual([span('10', 1, 3), span('12', 3, null)]);
    expect(await readOffer(id)).toMatchObject({ state: 'missing' });
  });
});

describe('offers', () => {
  it('goes from listed over missing to gone, and back', async () => {
    const id = newId();
    const states: unknown[] = [];
    for (const answer of [
      found(id, provenance(1)),
      empty(id, provenance(2)),
      empty(id, provenance(3)),
      found(id, provenance(4), { offer: { sourceStatus: 'member expired' } }),
      found(id, provenance(5)),
    ]) {
      await store.load([answer]);
      states.push((await readOffer(id))?.['state']);
    }
    expect(states).toEqual(['listed', 'missing', 'gone', 'delisted', 'listed']);
    expect(
      await select(
        `SELECT old, new FROM catalog.offer_change WHERE offer_id = $1 AND field = 'state' ORDER BY change_id`,
        id,
      ),
    ).toEqual([
      { old: null, new: 'listed' },
      { old: 'listed', new: 'missing' },
      { old: 'missing', new: 'gone' },
      { old: 'gone', new: 'delisted' },
      { old: 'delisted', new: 'listed' },
    ]);
  });

  it('books each changed field with its call', async () => {
    const id = newId();
    await store.load([found(id, provenance(1))]);
    await store.load([
      found(id, provenance(2), { offer: { subject: '新杯子', minOrderQuantity: 3, tradeScore: '4.8' } }),
    ]);
    expect(
      await select(
        `SELECT field, old, new, observed_at, call_id FROM catalog.offer_change
         WHERE offer_id = $1 AND old IS NOT NULL ORDER BY field`,
        id,
      ),
    ).toEqual([
      { field: 'min_order_quantity', old: '2', new: '3', observed_at: minute(2), call_id: '3' },
      { field: 'subject', old: '杯子', new: '新杯子', observed_at: minute(2), call_id: '3' },
    ]);
    expect(await readOffer(id)).toMatchObject({ trade_score: '4.8000', normalizer_version: 3, call_id: '3' });
  });

  it.each(['name', 'value', 'nameTranslated', 'valueTranslated', 'attributeId'] as const)(
    'stores an attribute of which only the %s is another',
    async (field) => {
      const id = newId();
      const before = {
        ...{ position: 0, attributeId: '3', name: '材质', value: '瓷' },
        ...{ nameTranslated: 'Material', valueTranslated: 'China' },
      };
      const after = { ...before, [field]: '4' };
      await store.load([found(id, provenance(1), { attributes: [before] })]);
      await store.load([found(id, provenance(2), { attributes: [after] })]);
      expect(
        await select(
          `SELECT position, attribute_id AS "attributeId", name, value, name_translated AS "nameTranslated",
                  value_translated AS "valueTranslated" FROM catalog.offer_attribute WHERE offer_id = $1`,
          id,
        ),
      ).toEqual([after]);
    },
  );

  it('replaces attributes only where they differ', async () => {
    const id = newId();
    const attribute = (position: number, value: string) => ({
      position,
      attributeId: '3',
      name: '材质',
      value,
      nameTranslated: null,
      valueTranslated: null,
    });
    await store.load([
      found(id, provenance(1), {
        attributes: [attribute(0, '瓷'), attribute(1, '玻璃'), attribute(2, '木')],
      }),
    ]);
    const attributes =
      'SELECT xmin::text, position, value FROM catalog.offer_attribute WHERE offer_id = $1 ORDER BY position';
    const before = await select(attributes, id);
    await store.load([
      found(id, provenance(2), {
        attributes: [attribute(0, '瓷'), attribute(1, '竹'), attribute(1, 'twice')],
      }),
    ]);
    expect(await select(attributes, id)).toEqual([
      before[0],
      expect.objectContaining({ position: 1, value: '竹' }),
    ]);
  });

  it('keeps a SKU that a newer answer does not list, as gone', async () => {
    const id = newId();
    await store.load([found(id, provenance(1), { skus: [sku('1'), sku('2', { stock: 1 })] })]);
    await store.load([found(id, provenance(2), { skus: [sku('1', { stock: 4 })] })]);
    expect(
      await select(
        'SELECT sku_id, state, stock, last_listed_at FROM catalog.sku WHERE offer_id = $1 ORDER BY sku_id',
        id,
      ),
    ).toEqual([
      { sku_id: '1', state: 'listed', stock: '4', last_listed_at: null },
      { sku_id: '2', state: 'gone', stock: '1', last_listed_at: minute(1) },
    ]);
  });

  it('keeps the newest description of a seller, and rewrites none that is the same', async () => {
    const [id, other] = [newId(), newId()];
    const rated = (score: string) => ({ seller: seller('s-1', { compositeServiceScore: score }) });
    await store.load([found(id, provenance(5), rated('4.5'))]);
    const read = () =>
      select(`SELECT xmin::text, composite_service_score FROM catalog.seller WHERE seller_id = 's-1'`);
    const before = await read();
    await store.load([found(other, provenance(3), rated('3'))]);
    await store.load([found(other, provenance(6), rated('4.5'))]);
    expect(await read()).toEqual(before);
    await store.load([found(id, provenance(7), rated('4.6'))]);
    expect(await read()).toMatchObject([{ composite_service_score: '4.6000' }]);
    await store.load([found(newId(), provenance(8), { offer: { sellerId: 's-named-only' } })]);
  });

  it('keeps the newest known name of a seller, through answers without one', async () => {
    const reported = (companyName: string | null) => ({ seller: seller('s-name', { companyName }) });
    const read = async () =>
      (await select(`SELECT company_name FROM catalog.seller WHERE seller_id = 's-name'`))[0];
    await store.load([found(newId(), provenance(5), reported(null))]);
    expect(await read()).toEqual({ company_name: null });
    await store.load([found(newId(), provenance(3), reported('Old'))]);
    expect(await read()).toEqual({ company_name: 'Old' });
    await store.load([found(newId(), provenance(2), reported('Older'))]);
    expect(await read()).toEqual({ company_name: 'Old' });
    await store.load([
      found(newId(), provenance(6), reported('New')),
      found(newId(), provenance(7), reported(null)),
    ]);
    expect(await read()).toEqual({ company_name: 'New' });
    await store.load([found(newId(), provenance(8), reported(null))]);
    expect(await read()).toEqual({ company_name: 'New' });
  });
});

describe('the books', () => {
  it('changes nothing when an answer is loaded again', async () => {
    const id = newId();
    const answer = {
      ...found(id, provenance(1, newId()), {
        prices: [price('10')],
        skus: [sku('1')],
        seller: seller('s-2'),
      }),
      rejects: [{ path: 'skus[1]', reason: 'not_an_id', sample: 'x' }],
      drifts: [{ path: 'newField', kind: 'unknown', sample: '1' }] as const,
    };
    await storeRaw(db.pool, [answer]);
    expect(await store.load([answer])).toMatchObject({ offersNew: 1, rejects: 1 });
    const dump = async () => {
      const tables = [
        'catalog.offer',
        'catalog.sku',
        'catalog.price',
        'catalog.seller',
        'catalog.offer_change',
        'catalog.observation',
        'sync.refresh',
        'sync.quarantine',
        'sync.drift',
        'raw.payload',
      ];
      return Promise.all(tables.map((table) => select(`SELECT ctid::text, * FROM ${table} ORDER BY 1`)));
    };
    const before = await dump();
    expect(await store.load([answer, answer])).toEqual({
      ...{ categories: 0, offersNew: 0, offersCompleted: 0, offersChanged: 0, offersUnchanged: 0 },
      pricesOpened: 0,
      pricesClosed: 0,
      rejects: 0,
    });
    expect(await dump()).toEqual(before);
  });

  it('marks the answer as loaded, with the version of the code that read it', async () => {
    const answer = found(newId(), provenance(1, newId()));
    await storeRaw(db.pool, [answer]);
    await store.load([answer]);
    const [raw] = await select<{ loaded_at: Date | null; normalizer_version: number }>(
      'SELECT loaded_at, normalizer_version FROM raw.payload WHERE raw_id = $1',
      answer.provenance.rawId,
    );
    expect(raw?.loaded_at).toBeInstanceOf(Date);
    expect(raw?.normalizer_version).toBe(3);
  });

  it('counts a drift once for each answer that has it', async () => {
    const answers = [1, 2].map((time) => ({
      ...found(newId(), provenance(time, newId())),
      drifts: [{ path: 'counted', kind: 'missing', sample: null }] as const,
    }));
    await storeRaw(db.pool, answers);
    await store.load(answers);
    await store.load(answers);
    expect(
      await select(`SELECT seen, first_seen_at, last_seen_at FROM sync.drift WHERE path = 'counted'`),
    ).toEqual([{ seen: '2', first_seen_at: minute(1), last_seen_at: minute(2) }]);
  });

  it('ends the lease of an offer, also when nothing of its answer was usable', async () => {
    const ids = [newId(), newId()];
    await db.pool.query(
      `INSERT INTO sync.refresh (offer_id, first_seen_at, leased_by, leased_until, not_before)
       SELECT unnest($1::bigint[]), $2, 1, $2, $2`,
      [ids, minute(0)],
    );
    await store.load([found(String(ids[0]), provenance(1)), unusable(String(ids[1]), provenance(2))]);
    expect(
      await select(
        `SELECT leased_by, leased_until, not_before, detail_at FROM sync.refresh
         WHERE offer_id = ANY ($1) ORDER BY offer_id`,
        ids,
      ),
    ).toEqual(
      [1, 2].map((time) => ({
        leased_by: null,
        leased_until: null,
        not_before: null,
        detail_at: minute(time),
      })),
    );
  });

  it('makes the month an answer needs', async () => {
    const id = newId();
    const long = { ...provenance(1), observedAt: new Date('2019-07-31T23:59:59.999Z') };
    await store.load([found(id, long)]);
    expect(
      await select(
        'SELECT tableoid::regclass::text AS part FROM catalog.observation WHERE offer_id = $1',
        id,
      ),
    ).toEqual([{ part: 'catalog.observation_2019_07' }]);
  });
});
