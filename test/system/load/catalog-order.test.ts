import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LoadableAnswer } from '../../../src/model/catalog.ts';
import type { SearchRow } from '../../../src/model/records.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import {
  addWindow,
  believeEmptyDetails,
  categories,
  empty,
  found,
  minute,
  node,
  price,
  provenance,
  searchPage,
  searchRow,
  seller,
  sku,
  unusable,
} from '../../support/answers.ts';
import { openLoadWorld, type LoadWorld } from '../../support/load-world.ts';

let db: TestDatabase;
let store: LoadWorld;

beforeAll(async () => {
  db = await createTestDatabase();
  store = await openLoadWorld(db.pool);
});
afterAll(() => db.drop());

/** Every world has ids of its own, so that all of them live in one database. */
let worlds = 0;
const newWorld = () => ++worlds * 1000;

/** What an answer says, before it is given a world. */
interface Observation {
  readonly kind: 'found' | 'empty' | 'unusable' | 'search';
  readonly offer: number;
  readonly time: number;
  readonly subject: string;
  /** Null: it can't be read. */
  readonly status: string | null;
  readonly score: string;
  readonly company: string | null;
  readonly listPrice: number | null;
  readonly consignPrice: number | null;
  readonly skus: readonly number[];
  readonly hasUnreadSkus: boolean;
  readonly label: string;
  readonly stock: number;
  /** Fields that a search row states. */
  readonly stated: readonly (keyof SearchRow)[];
}

const amount = fc.option(fc.integer({ min: 1, max: 2 }), { freq: 3 });

const observation: fc.Arbitrary<Observation> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('found' as const) },
    { weight: 3, arbitrary: fc.constantFrom('empty' as const, 'search' as const) },
    { weight: 1, arbitrary: fc.constant('unusable' as const) },
  ),
  offer: fc.integer({ min: 1, max: 2 }),
  // Few times, so that some looks share one: then the call decides.
  time: fc.integer({ min: 1, max: 6 }),
  subject: fc.constantFrom('a', 'b'),
  status: fc.constantFrom('published', 'published', 'deleted', null),
  score: fc.constantFrom('4', '5'),
  company: fc.constantFrom('a', 'b', null),
  listPrice: amount,
  consignPrice: amount,
  skus: fc.subarray([1, 2, 3]),
  hasUnreadSkus: fc.boolean(),
  label: fc.constantFrom('a', 'b'),
  stock: fc.integer({ min: 0, max: 1 }),
  stated: fc.subarray([
    ...(['categoryId', 'minOrderQuantity', 'mainImageUrl', 'sourceCreatedAt'] as const),
    ...(['sourceModifiedAt', 'sellerIdentities', 'offerIdentities', 'isPatentProduct'] as const),
  ]),
});

/** What a search row states; the rest is left out, as rows of a shop do. */
function toRowFields({ subject, listPrice, label, stock, stated }: Observation): Partial<SearchRow> {
  const fields: Partial<SearchRow> = {
    categoryId: `${70 + stock}`,
    minOrderQuantity: stock + 1,
    mainImageUrl: label,
    sourceCreatedAt: minute(-10 - stock).toISOString(),
    sourceModifiedAt: minute(-stock).toISOString(),
    sellerIdentities: [label],
    offerIdentities: [label],
    isPatentProduct: stock === 0,
  };
  const leftOut = Object.keys(fields).filter((key) => !stated.some((one) => one === key));
  return {
    subject,
    priceCny: listPrice === null ? null : String(listPrice),
    ...fields,
    ...Object.fromEntries(leftOut.map((key) => [key, null])),
  };
}

function toAnswer(one: Observation, world: number, call: number, windowId: string): LoadableAnswer {
  const id = String(world + one.offer);
  const from = provenance(one.time, String(call));
  switch (one.kind) {
    case 'empty':
      return empty(id, from);
    case 'unusable':
      return unusable(id, from);
    case 'search':
      return searchPage(windowId, from, [searchRow(id, toRowFields(one))]);
    case 'found':
      return found(id, from, {
        offer: {
          ...{ subject: one.subject, sourceStatus: one.status },
          imageUrls: one.skus.map((position) => `${one.subject} ${position}`),
        },
        // All offers of a world share a seller.
        seller: seller(`s-${world}`, { compositeServiceScore: one.score, companyName: one.company }),
        skus: one.skus.map((skuId) => sku(String(skuId), { stock: one.stock, label: one.label })),
        hasUnreadSkus: one.hasUnreadSkus,
        isStatusUnread: one.status === null,
        attributes: one.skus.map((position) => ({
          ...{ position, attributeId: null, name: null, value: one.subject },
          ...{ nameTranslated: null, valueTranslated: null },
        })),
        prices: [
          ...(one.listPrice === null ? [] : [price(String(one.listPrice))]),
          ...(one.consignPrice === null ? [] : [price(String(one.consignPrice), { kind: 'consign' })]),
        ],
      });
  }
}

/** What looks taught decides in which order offers are asked for, and depends on the order in which answers came. */
const learned = `{popularity,rate_changes,rate_days,changed_at,stale_since,stale_by,price_hinted_at,date_hinted_at,bucket,order_at,vouched_at,is_in_stock,
  offer_changes,offer_days,price_changes,price_days,in_stock_changes,in_stock_days,out_of_stock_changes,out_of_stock_days,
  gone_changes,gone_days,evidence}`;

const stateOfWorld = `
  SELECT jsonb_build_object(
    'offers', (SELECT jsonb_agg(to_jsonb(o) - '{offer_id,seller_id,content_hash,changed_at,call_id}'::text[] ORDER BY offer_id)
               FROM catalog.offer o WHERE offer_id BETWEEN $1 AND $1 + 999),
    'attributes', (SELECT jsonb_agg(jsonb_build_array(offer_id - $1, position, value) ORDER BY offer_id, position)
                   FROM catalog.offer_attribute WHERE offer_id BETWEEN $1 AND $1 + 999),
    'skus', (SELECT jsonb_agg(to_jsonb(s) || jsonb_build_object('offer_id', offer_id - $1) ORDER BY offer_id, sku_id)
             FROM catalog.sku s WHERE offer_id BETWEEN $1 AND $1 + 999),
    'sku history', (SELECT jsonb_agg(to_jsonb(h) || jsonb_build_object('offer_id', offer_id - $1) ORDER BY offer_id, sku_id, valid_from, call_id)
                    FROM catalog.sku_history h WHERE offer_id BETWEEN $1 AND $1 + 999),
    'stock history', (SELECT jsonb_agg(to_jsonb(h) || jsonb_build_object('offer_id', offer_id - $1) ORDER BY offer_id, sku_id, valid_from, call_id)
                      FROM catalog.stock_history h WHERE offer_id BETWEEN $1 AND $1 + 999),
    'seller history', (SELECT jsonb_agg(to_jsonb(h) - 'seller_id' ORDER BY valid_from, call_id)
                       FROM catalog.seller_history h WHERE seller_id = 's-' || $1),
    'prices', (SELECT jsonb_agg(jsonb_build_array(offer_id - $1, kind, amount_cny) ORDER BY offer_id, kind)
               FROM catalog.price WHERE offer_id BETWEEN $1 AND $1 + 999),
    'sellers', (SELECT jsonb_agg(jsonb_build_array(composite_service_score, company_name)) FROM catalog.seller WHERE seller_id = 's-' || $1),
    'looks', (SELECT jsonb_agg(to_jsonb(r) - 'offer_id' - '${learned}'::text[] ORDER BY offer_id)
              FROM sync.refresh r WHERE offer_id BETWEEN $1 AND $1 + 999),
    'listed', (SELECT jsonb_agg(to_jsonb(w) - '{window_id,offer_id}'::text[] ORDER BY offer_id)
               FROM sync.window_offer w WHERE offer_id BETWEEN $1 AND $1 + 999),
    'states', (SELECT jsonb_agg(jsonb_build_array(offer_id - $1, old, new, observed_at) ORDER BY offer_id, observed_at, call_id)
               FROM catalog.offer_change WHERE field = 'state' AND offer_id BETWEEN $1 AND $1 + 999),
    'observed', (SELECT count(*) FROM catalog.observation WHERE offer_id BETWEEN $1 AND $1 + 999)
  ) AS state`;

async function readState(sql: string, world: number): Promise<unknown> {
  const { rows } = await db.pool.query<{ state: unknown }>(sql.replaceAll('$1', String(world)));
  return rows[0]?.state;
}

/** Loads in the given order, with neighbours of one kind in one call. */
async function loadInBatches(answers: readonly LoadableAnswer[], batch: number): Promise<void> {
  let waiting: LoadableAnswer[] = [];
  const flush = async () => {
    if (waiting.length > 0) await store.load(...waiting);
    waiting = [];
  };
  for (const answer of answers) {
    if (waiting.length >= batch || waiting.some(({ kind }) => kind !== answer.kind)) await flush();
    waiting.push(answer);
  }
  await flush();
}

/** The same answers in another order, some of them twice, in batches, on several connections. */
const reordering = (size: number) => {
  const calls = Array.from({ length: size }, (_, index) => index);
  return fc.record({
    order: fc
      .tuple(fc.shuffledSubarray(calls, { minLength: size }), fc.subarray(calls))
      .chain(([all, again]) => fc.shuffledSubarray([...all, ...again], { minLength: size + again.length })),
    batch: fc.integer({ min: 1, max: 4 }),
    connections: fc.integer({ min: 1, max: 4 }),
  });
};

async function loadReordered(
  answers: readonly LoadableAnswer[],
  how: { order: readonly number[]; batch: number; connections: number },
): Promise<void> {
  const lanes = Array.from({ length: how.connections }, (): LoadableAnswer[] => []);
  how.order.forEach((index, turn) => {
    const answer = answers[index];
    if (answer) lanes[turn % how.connections]?.push(answer);
  });
  await Promise.all(lanes.map((lane) => loadInBatches(lane, how.batch)));
}

const byTime = (a: LoadableAnswer, b: LoadableAnswer) =>
  a.provenance.observedAt.getTime() - b.provenance.observedAt.getTime() ||
  Number(a.provenance.callId) - Number(b.provenance.callId);

it('has the same current state and histories after any order, repetition and interleaving of offers', async () => {
  const plans = fc
    .array(observation, { minLength: 2, maxLength: 10 })
    .chain((observations) =>
      fc.record({ observations: fc.constant(observations), how: reordering(observations.length) }),
    );
  await fc.assert(
    fc.asyncProperty(plans, async ({ observations, how }) => {
      const [inOrder, mixed] = [newWorld(), newWorld()];
      await believeEmptyDetails(db.pool);
      const answersOf = async (world: number) => {
        const windowId = await addWindow(db.pool, `world ${world}`);
        return observations.map((one, index) => toAnswer(one, world, index + 1, windowId));
      };
      await loadInBatches((await answersOf(inOrder)).toSorted(byTime), 1);
      await loadReordered(await answersOf(mixed), how);
      expect(await readState(stateOfWorld, mixed)).toEqual(await readState(stateOfWorld, inOrder));
    }),
    { numRuns: 40 },
  );
});

const stateOfTree = `
  SELECT jsonb_agg(
    to_jsonb(c) - '{call_id}'::text[]
      || jsonb_build_object('category_id', category_id - $1, 'parent_id', parent_id - $1,
           'path', (SELECT string_agg((part::bigint - $1)::text, '/' ORDER BY nr)
                    FROM string_to_table(path, '/') WITH ORDINALITY AS t (part, nr)),
           -- A node without a name has its id in its place.
           'path_names_zh', regexp_replace(path_names_zh, '\\m' || $1 / 1000 || '(\\d{3})\\M', '\\1', 'g'),
           'path_names_translated', regexp_replace(path_names_translated, '\\m' || $1 / 1000 || '(\\d{3})\\M', '\\1', 'g'))
    ORDER BY category_id) AS state
  FROM catalog.category c WHERE category_id BETWEEN $1 AND $1 + 999`;

interface NodeObservation {
  readonly asked: number;
  readonly time: number;
  readonly parent: number | null;
  readonly level: number | null;
  readonly name: string | null;
  readonly isLeaf: boolean | null;
  readonly children: readonly number[];
}

const nodeObservation: fc.Arbitrary<NodeObservation> = fc.record({
  asked: fc.integer({ min: 1, max: 4 }),
  time: fc.integer({ min: 1, max: 5 }),
  parent: fc.option(fc.integer({ min: 0, max: 4 })),
  level: fc.option(fc.integer({ min: 1, max: 3 })),
  name: fc.option(fc.constantFrom('杯', '碗', '停用碗')),
  isLeaf: fc.option(fc.boolean()),
  children: fc.subarray([1, 2, 3, 4, 5]),
});

function toTreeAnswer(one: NodeObservation, world: number, call: number): LoadableAnswer {
  const idOf = (index: number) => (index === 0 ? '0' : String(world + index));
  const asked = idOf(one.asked);
  const own = node(asked, {
    parentId: one.parent === null ? null : idOf(one.parent),
    level: one.level,
    nameZh: one.name,
    isRetired: one.name?.includes('停用') ?? false,
    isLeaf: one.isLeaf,
  });
  const children = one.children
    .filter((child) => child !== one.asked)
    .map((child) => node(idOf(child), { parentId: asked, nameZh: `杯${one.time % 2}` }));
  return categories(asked, provenance(one.time, String(call)), own, children);
}

/** Every node below those of smaller numbers: no circle in any order. */
const withoutCircles = (one: NodeObservation): NodeObservation => ({
  ...one,
  parent: one.parent === null ? null : one.parent % one.asked,
  children: one.children.filter((child) => child > one.asked),
});

const treePlans = (observations: fc.Arbitrary<NodeObservation>) =>
  fc
    .array(observations, { minLength: 2, maxLength: 8 })
    .chain((chosen) => fc.record({ observations: fc.constant(chosen), how: reordering(chosen.length) }));

it('has the same tree after any order, repetition and interleaving of category answers', async () => {
  const plans = treePlans(nodeObservation.map(withoutCircles));
  await fc.assert(
    fc.asyncProperty(plans, async ({ observations, how }) => {
      const [inOrder, mixed] = [newWorld(), newWorld()];
      const answersOf = (world: number) =>
        observations.map((one, index) => toTreeAnswer(one, world, index + 1));
      await loadInBatches(answersOf(inOrder).toSorted(byTime), 1);
      await loadReordered(answersOf(mixed), how);
      expect(await readState(stateOfTree, mixed)).toEqual(await readState(stateOfTree, inOrder));
    }),
    { numRuns: 40 },
  );
});

it('has a tree after any order, repetition and interleaving of answers that would make circles', async () => {
  await fc.assert(
    fc.asyncProperty(treePlans(nodeObservation), async ({ observations, how }) => {
      const world = newWorld();
      await loadReordered(
        observations.map((one, index) => toTreeAnswer(one, world, index + 1)),
        how,
      );
      const { rows } = await db.pool.query<{ path: string; climbed: string | null }>(
        `WITH RECURSIVE down (category_id, path) AS (
           SELECT category_id, category_id::text FROM catalog.category WHERE parent_id IS NULL
           UNION ALL
           SELECT c.category_id, d.path || '/' || c.category_id FROM down d JOIN catalog.category c ON c.parent_id = d.category_id
         )
         SELECT c.path, d.path AS climbed FROM catalog.category c LEFT JOIN down d USING (category_id)
         WHERE c.category_id BETWEEN $1 AND $1 + 999`,
        [world],
      );
      for (const { path, climbed } of rows) expect(climbed).toBe(path);
    }),
    { numRuns: 40 },
  );
});
