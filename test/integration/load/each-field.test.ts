import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/core/log.ts';
import { createCatalogStore, type CatalogStore } from '../../../src/load/catalog-store.ts';
import type {
  OfferRecord,
  PackageRecord,
  SearchRow,
  SellerRecord,
  SkuRecord,
} from '../../../src/model/records.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  found,
  learnNothing,
  provenance,
  searchPage,
  searchRow,
  seller,
  sku,
} from '../../support/answers.ts';

/* An answer in which one field is another is stored as if it were the only one: the row of an offer with both answers equals
   that of an offer with the second alone. */

let db: TestDatabase;
let store: CatalogStore;
let lastId = 1000;
const newId = () => String(++lastId);
beforeAll(async () => {
  db = await createTestDatabase();
  const log = createLogger({ level: 'silent', pretty: false });
  store = createCatalogStore({ pool: db.pool, learn: learnNothing, log, read: () => null });
});
afterAll(() => db.drop());

/** A row without what names it, and without what its first answer alone decides. */
async function readRow(table: string, key: string, id: string): Promise<Record<string, unknown>> {
  const { rows } = await db.pool.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(t) - '{offer_id,seller_id,changed_at,call_id,content_hash,first_seen_at,first_call_id}'::text[] AS row FROM ${table} t WHERE ${key} = $1`,
    [id],
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.row ?? {};
}

type LoadBoth = (id: string, minutes: number, isChanged: boolean) => Promise<unknown>;

/** Loads both answers about one, the second alone about another, and the first alone about a third. */
async function expectStored(load: LoadBoth, [table, key]: readonly [string, string]): Promise<void> {
  const [both, second, first] = [newId(), newId(), newId()];
  await load(both, 1, false);
  await load(both, 2, true);
  await load(second, 2, true);
  await load(first, 1, false);
  const [ofBoth, ofSecond, ofFirst] = [
    await readRow(table, key, both),
    await readRow(table, key, second),
    await readRow(table, key, first),
  ];
  expect(ofBoth).toEqual(ofSecond);
  expect(ofBoth).not.toEqual(ofFirst);
}

type Values<T, Out extends keyof T> = { readonly [K in Exclude<keyof T, Out>]: T[K] };
type Case = readonly [name: string, change: Readonly<Record<string, unknown>>];

const eachOf = (values: object): Case[] =>
  Object.entries<unknown>(values as Record<string, unknown>).map(([name, value]) => [
    name,
    { [name]: value },
  ]);

const { package: noPackage } = sku('1');
const packages = eachOf({
  ...{ weightG: '100', weightSource: 'seller', lengthMm: '10', widthMm: '20', heightMm: '30' },
  sizeSource: 'estimated',
} satisfies PackageRecord).map(([name, change]): Case => [name, { package: { ...noPackage, ...change } }]);

describe('of an offer', () => {
  const values: Values<
    OfferRecord,
    'offerId' | 'sellerId' | 'stock' | 'foreignPrice' | 'soldCount' | 'package'
  > = {
    ...{ categoryId: '78', subject: '碗', subjectTranslated: 'bowl', sourceStatus: 'member expired' },
    ...{ quoteType: 1, unit: '箱', unitTranslated: 'box', minOrderQuantity: 3, batchNumber: 4 },
    ...{ tradeScore: '3.5', imageUrls: ['https://cbu01.alicdn.com/2.jpg'] },
    whiteImageUrl: 'https://cbu01.alicdn.com/3.jpg',
    ...{ videoUrl: 'https://cloud.video.taobao.com/1.mp4', shipFrom: '广东' },
    ...{ shippingTimeGuarantee: 'shipIn48Hours', promotionType: 'plus', tags: ['isOnePsale'] },
    ...{ isMixAllowed: true, mixAmountCny: '100', mixQuantity: 5, cargoNumber: 'A-1' },
    ...{ sellingPoints: ['a'], certificates: [{ name: 'CE', code: '1', photoUrls: [] }] },
    sourceCreatedAt: '2024-01-02T03:04:05.000Z',
  };

  it.each([...eachOf(values), ...packages])('%s', async (_, change) => {
    await expectStored(
      (id, minutes, isChanged) =>
        store.load([found(id, provenance(minutes, newId()), isChanged ? { offer: change } : {})]),
      ['catalog.offer', 'offer_id'],
    );
  });
});

describe('of a SKU', () => {
  const values: Values<SkuRecord, 'skuId' | 'package'> = {
    ...{
      specId: 'a1',
      cargoNumber: 'B-2',
      label: '颜色: 红',
      stock: 6,
      imageUrl: 'https://cbu01.alicdn.com/3.jpg',
    },
    attributes: [
      { attributeId: '1', name: '颜色', value: '红', nameTranslated: null, valueTranslated: null },
    ],
  };

  it.each([...eachOf(values), ...packages])('%s', async (_, change) => {
    await expectStored(
      (id, minutes, isChanged) =>
        store.load([found(id, provenance(minutes, newId()), { skus: [sku('1', isChanged ? change : {})] })]),
      ['catalog.sku', 'offer_id'],
    );
  });
});

describe('of a seller', () => {
  const values: Values<SellerRecord, 'sellerId'> = {
    ...{ companyName: '公司', tradeMedalLevel: '2.5', compositeServiceScore: '4.1' },
    ...{ logisticsExperienceScore: '4.2', disputeComplaintScore: '4.3', offerExperienceScore: '4.4' },
    ...{ afterSalesExperienceScore: '4.5', consultingExperienceScore: '4.6', repeatPurchaseRate: '0.1' },
    ...{ pickup48hRate: '0.2', qualityRefundRate: '0.3', identities: ['super_factory'] },
  };

  it.each(eachOf(values))('%s', async (_, change) => {
    await expectStored(
      (id, minutes, isChanged) =>
        store.load([
          found(id, provenance(minutes, newId()), {
            seller: seller(id, isChanged ? change : {}),
          }),
        ]),
      ['catalog.seller', 'seller_id'],
    );
  });

  it('tradeMedalLevel, by half a level', async () => {
    await expectStored(
      (id, minutes, isChanged) =>
        store.load([
          found(id, provenance(minutes, newId()), {
            seller: seller(id, { tradeMedalLevel: isChanged ? '2.5' : '2' }),
          }),
        ]),
      ['catalog.seller', 'seller_id'],
    );
  });
});

describe('of an offer without details, in a search row', () => {
  const values = {
    ...{ categoryId: '78', subject: '碗', subjectTranslated: 'bowl', minOrderQuantity: 3 },
    ...{ mainImageUrl: 'https://cbu01.alicdn.com/2.jpg', isPatentProduct: true },
    ...{ sellerIdentities: ['tp_member'], offerIdentities: ['yx'] },
    ...{ sourceCreatedAt: '2024-01-02T03:04:05.000Z', sourceModifiedAt: '2024-02-02T03:04:05.000Z' },
  } satisfies Partial<SearchRow>;

  it.each(eachOf(values))('%s', async (_, change) => {
    await expectStored(
      async (id, minutes, isChanged) =>
        store.load([
          searchPage(await addWindow(db.pool, newId()), provenance(minutes, newId()), [
            searchRow(id, isChanged ? change : {}),
          ]),
        ]),
      ['catalog.offer', 'offer_id'],
    );
  });
});
