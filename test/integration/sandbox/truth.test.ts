import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { priceKinds } from '../../../src/model/records.ts';
import { isLoopbackAddress } from '../../../src/sandbox/control/create-control.ts';
import type { Sandbox } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  command,
  control,
  createTestClock,
  fetchCategory,
  fetchDetail,
  search,
  type Row,
} from '../../support/plain-client.ts';

interface Price {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  readonly amount: string;
}

interface Truth {
  readonly at: string;
  readonly step: number;
  readonly categories: readonly {
    id: string;
    parentId: string;
    level: number;
    name: string;
    isLeaf: boolean;
    isRetired: boolean;
  }[];
  readonly offers: readonly ({
    id: string;
    categoryId: string;
    subject: string;
    state: string;
    moq: number;
  } & Record<string, unknown>)[];
  readonly skus: readonly { offerId: string; skuId: string; stock: number; attributes: unknown }[];
  readonly prices: readonly Price[];
}

interface Stats {
  readonly total: number;
  readonly min_calls: { total: number; nodes: number; pages: number; offers: number };
}

type Detail = Record<string, unknown> & {
  status: string;
  productSkuInfos: readonly (Record<string, string | null> & {
    skuAttributes: readonly Record<string, unknown>[];
  })[];
  productSaleInfo: Record<string, unknown> & {
    quoteType: number;
    priceRangeList: readonly (Record<string, string | null> & { startQuantity: number })[];
    fenxiaoSaleInfo?: Record<string, unknown>;
  };
  promotionModel: { promotionType: string | null };
};

/** A decimal text in one form, by text alone. */
function amountOf(text: unknown): string | null {
  if (typeof text !== 'string' || text === '') return null;
  return text.includes('.') ? text.replace(/\.?0*$/, '') : text;
}

/** The price rules once more, over what came over the wire. */
function pricesOf(offerId: string, detail: Detail): readonly Price[] {
  const { productSkuInfos: skus, productSaleInfo: sale, promotionModel } = detail;
  const point = (skuId: string, kind: string, minQuantity: number, text: unknown) => {
    const amount = amountOf(text);
    return amount === null ? [] : [{ offerId, skuId, kind, minQuantity, amount }];
  };
  const distributionStart = Number(sale.fenxiaoSaleInfo?.['startQuantity'] ?? 1);
  const channels = (skuId: string, from: Record<string, unknown>, reseller: Record<string, unknown> = {}) => [
    ...point(skuId, 'consign', 1, from['consignPrice']),
    ...point(skuId, 'jxhy', 1, from['jxhyPrice']),
    ...point(skuId, 'jxhy_wholesale', 1, from['pfJxhyPrice']),
    ...point(skuId, 'retail', 1, from['retailPrice']),
    ...point(skuId, 'dropship', 1, reseller['onePiecePrice']),
    ...point(skuId, 'distribution', distributionStart, reseller['offerPrice']),
  ];
  const reduced = promotionModel.promotionType === 'plus' ? 'plus' : 'promotion';
  const rangeStart = Math.min(...sale.priceRangeList.map((range) => range.startQuantity));
  const bySku = (sku: Record<string, unknown>) => {
    const retail = amountOf(sku['retailPrice']) ?? amountOf(sale['retailPrice']);
    const isRetail =
      detail['minOrderQuantity'] === 1 && rangeStart > 1 && rangeStart < Infinity && retail !== null;
    const [skuId, from] = [String(sku['skuId']), isRetail ? rangeStart : 1];
    return [
      ...(isRetail ? point(skuId, 'list', 1, retail) : []),
      ...point(skuId, 'list', from, sku['price']),
      ...point(skuId, reduced, from, sku['promotionPrice']),
    ];
  };
  const byRange = (range: (typeof sale.priceRangeList)[number]) => [
    ...point('0', 'list', range.startQuantity, range['price']),
    ...point('0', reduced, range.startQuantity, range['promotionPrice']),
  ];
  return [
    ...(sale.quoteType === 1 ? skus.flatMap(bySku) : sale.priceRangeList.flatMap(byRange)),
    ...channels('0', sale, sale.fenxiaoSaleInfo),
    ...skus.flatMap((sku) =>
      channels(String(sku['skuId']), sku, sku['fenxiaoPriceInfo'] as Record<string, unknown> | undefined),
    ),
  ];
}

/** A whole sync, the naive way; as many calls as it takes. */
async function crawl(sandbox: Sandbox, roots: readonly string[], keywords: readonly string[]) {
  const nodes = new Map<string, Truth['categories'][number]>();
  const toVisit = [...roots];
  for (const id of toVisit) {
    const answer = (await fetchCategory(sandbox, id)) as Awaited<ReturnType<typeof fetchCategory>> & {
      parentIDs: number[];
    };
    const keep = (node: { id: string; parentId: string; level: number; name: string; isLeaf: boolean }) =>
      nodes.set(node.id, { ...node, isRetired: node.name.includes('停用') });
    const { name, level, isLeaf } = answer;
    if (id !== '0') keep({ id, parentId: String(answer.parentIDs[0]), level, name, isLeaf });
    for (const child of answer.childCategorys) {
      keep({ id: String(child.id), parentId: id, level: level + 1, name: child.name, isLeaf: child.isLeaf });
      if (!child.isLeaf && !toVisit.includes(String(child.id))) toVisit.push(String(child.id));
    }
  }
  const leaves = [...nodes.values()].filter((node) => node.isLeaf && !node.isRetired);
  const rows = new Map<string, Row>();
  for (const window of [
    ...leaves.map((leaf) => ({ categoryId: leaf.id })),
    ...keywords.map((keyword) => ({ keyword })),
  ]) {
    for (let beginPage = 1, total = 1; (beginPage - 1) * 50 < total; beginPage++) {
      const page = await search(sandbox, { ...window, beginPage });
      total = page.totalRecords;
      for (const row of page.data) rows.set(String(row.offerId), row);
    }
  }
  const details = new Map<string, Detail | null>();
  for (const id of rows.keys()) {
    const text = (await fetchDetail(sandbox, id)).text.replaceAll(/("skuId":)(\d+)/g, '$1"$2"');
    details.set(id, (JSON.parse(text) as { result: { result: Detail | null } }).result.result);
  }
  return { nodes, rows, details };
}

const byText = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).toSorted();
const start = '2026-10-10T00:00:00Z';
const query = 'categories=10100,1030013&keywords=%E7%BA%AF%E6%A3%89,%E7%A1%85%E8%83%B6%20%E6%89%B9%E5%8F%91';

let sandbox: Sandbox;
let truth: Truth;
let found: Awaited<ReturnType<typeof crawl>>;
let callsOfCrawl: number;
beforeAll(async () => {
  sandbox = await startTestSandbox({ offers: 1000, categories: 60, clock: createTestClock(start) });
  sandbox.advance(100 * 86_400_000);
  found = await crawl(sandbox, ['10100', '1030013'], ['纯棉', '硅胶 批发']);
  callsOfCrawl = (await control<Stats>(sandbox, 'stats?calls=false')).total;
  truth = await control<Truth>(sandbox, `truth?${query}`);
});
afterAll(() => sandbox.close());

describe('truth', () => {
  it('holds the categories that a naive crawl finds', () => {
    expect(byText(truth.categories)).toEqual(byText([...found.nodes.values()]));
  });

  it('holds the offers that a naive crawl finds, gone and delisted ones included', () => {
    expect(truth.offers.map((offer) => offer.id).toSorted()).toEqual([...found.rows.keys()].toSorted());
    for (const offer of truth.offers) {
      const detail = found.details.get(offer.id) ?? null;
      const row = found.rows.get(offer.id);
      const state = detail === null ? 'gone' : detail.status === 'published' ? 'listed' : 'delisted';
      expect(offer).toMatchObject({
        subject: row?.subject,
        categoryId: String(row?.thirdCategoryId ?? row?.secondCategoryId),
        state,
        isListed: true,
        status: detail?.status ?? null,
        quoteType: detail?.productSaleInfo.quoteType ?? null,
        stock: detail?.productSaleInfo['amountOnSale'] ?? null,
        unit: (detail?.productSaleInfo['unitInfo'] as { unit: string } | undefined)?.unit ?? null,
        sellerId: detail?.['sellerOpenId'] ?? null,
      });
      if (detail !== null) expect(offer.moq).toBe(detail['minOrderQuantity']);
    }
    const states = new Set(truth.offers.map((offer) => offer.state));
    expect(states).toEqual(new Set(['listed', 'delisted', 'gone']));
  });

  it('holds the SKUs that a naive crawl finds', () => {
    const skus = [...found.details].flatMap(([offerId, detail]) =>
      (detail?.productSkuInfos ?? []).map((sku) => ({
        offerId,
        skuId: String(sku['skuId']),
        stock: sku['amountOnSale'],
        attributes: sku.skuAttributes.map((row) => ({
          id: String(row['attributeId']),
          name: row['attributeName'],
          value: row['value'],
        })),
      })),
    );
    expect(skus.length).toBeGreaterThan(500);
    expect(byText(truth.skus)).toEqual(byText(skus));
  });

  it('holds the prices that a naive crawl finds, of every kind', () => {
    const fromDetails = [...found.details].flatMap(([id, detail]) =>
      detail === null ? [] : pricesOf(id, detail),
    );
    const fromRows = [...found.rows].flatMap(([offerId, row]) => {
      const { price, consignPrice, promotionPrice, jxhyPrice, pfJxhyPrice } = row.priceInfo;
      const shown = {
        ...{ search: price, search_consign: consignPrice, search_promotion: promotionPrice },
        ...{ search_jxhy: jxhyPrice, search_jxhy_wholesale: pfJxhyPrice },
      };
      return Object.entries(shown).flatMap(([kind, text]) => {
        const amount = amountOf(text);
        return amount === null ? [] : [{ offerId, skuId: '0', kind, minQuantity: 1, amount }];
      });
    });
    expect(byText(truth.prices)).toEqual(byText([...fromDetails, ...fromRows]));
    expect(new Set(truth.prices.map((price) => price.kind))).toEqual(new Set(priceKinds));
    const keys = truth.prices.map(
      ({ offerId, skuId, kind, minQuantity }) => `${offerId} ${skuId} ${kind} ${minQuantity}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('can be asked for another time', async () => {
    const past = await control<Truth>(sandbox, `truth?${query}&at=${start}`);
    const now = await control<Truth>(sandbox, `truth?${query}&at=${sandbox.now().toISOString()}`);
    expect(past).toMatchObject({ at: '2026-10-10T00:00:00.000Z', step: 0 });
    expect(byText(past.prices)).not.toEqual(byText(truth.prices));
    expect(now).toEqual(truth);
    const fresh = await startTestSandbox({ offers: 1000, categories: 60, clock: createTestClock(start) });
    const then = await control<Truth>(fresh, `truth?${query}`);
    await fresh.close();
    expect(past.prices).toEqual(then.prices);
  });

  it('has what lies beyond the reach of a query too, and the fewest calls list that', async () => {
    const large = await startTestSandbox({ offers: 6000, categories: 10 });
    const feed = 'keywords=%E6%AC%BE';
    const { offers } = await control<Truth>(large, `truth?${feed}`);
    const { min_calls: min } = await control<Stats>(large, `stats?${feed}&calls=false`);
    const whole = await control<Truth>(large, 'truth?all=true');
    await large.close();
    expect(whole.offers).toHaveLength(6000);
    const titled = whole.offers.filter(({ subject, isListed }) => isListed && subject.includes('款'));
    expect(byText(offers.map(({ id }) => id))).toEqual(byText(titled.map(({ id }) => id)));
    expect(offers.length).toBeGreaterThan(4000);
    expect(min).toMatchObject({ pages: Math.ceil(offers.length / 50), offers: offers.length });
  });
});

describe('min_calls', () => {
  it('is what a crawl without waste takes, in three parts', async () => {
    const { min_calls: min } = await control<Stats>(sandbox, `stats?${query}&calls=false`);
    expect(min.total).toBe(callsOfCrawl);
    expect(min.offers).toBe(found.rows.size);
    expect(min.total).toBe(min.nodes + min.pages + min.offers);
  });

  it('counts the virtual root of the whole tree, and a leaf that a feed names', async () => {
    const { min_calls: whole } = await control<Stats>(sandbox, 'stats?categories=0&calls=false');
    const tree = await control<Truth>(sandbox, 'truth?categories=0');
    const branches = tree.categories.filter((node) => !node.isLeaf);
    const leaf = tree.categories.find((node) => node.isLeaf && !node.isRetired);
    expect(whole.nodes).toBe(branches.length + 1);
    const leaves = tree.categories.filter((node) => node.isLeaf && !node.isRetired);
    const pages = await Promise.all(leaves.map((node) => search(sandbox, { categoryId: node.id })));
    const totals = pages.map((page) => page.totalRecords);
    expect(totals).toContain(0);
    expect(whole.pages).toBe(totals.reduce((sum, total) => sum + Math.max(1, Math.ceil(total / 50)), 0));
    const { min_calls: one } = await control<Stats>(sandbox, `stats?categories=${leaf?.id}&calls=false`);
    expect(one).toMatchObject({ nodes: 1 });
    expect(one.pages).toBeGreaterThanOrEqual(1);
  });

  it('is absent when no feed is named', async () => {
    expect(await control<Stats>(sandbox, 'stats?calls=false')).toMatchObject({ min_calls: null });
  });
});

describe('control endpoints', () => {
  it('move the clock forward only', async () => {
    const own = await startTestSandbox({ clock: createTestClock(start) });
    const { body } = await command(own, 'clock', { advanceMs: 1500 });
    expect(body).toEqual({ now: '2026-10-10T00:00:01.500Z' });
    expect((await command(own, 'clock', { advanceMs: -1 })).status).toBe(400);
    expect((await command(own, 'clock', { advanceMs: 'much' })).status).toBe(400);
    expect(own.now().toISOString()).toBe('2026-10-10T00:00:01.500Z');
    await own.close();
  });

  it('change the time before each answer', async () => {
    const own = await startTestSandbox();
    const timeCall = async () => {
      const before = performance.now();
      await callApi(own, apis.time);
      return performance.now() - before;
    };
    expect((await command(own, 'latency', { latencyMs: 400 })).status).toBe(200);
    expect(await timeCall()).toBeGreaterThan(390);
    expect((await command(own, 'latency', { latencyMs: -1 })).status).toBe(400);
    await own.close();
  });

  it('refuse what they do not know', async () => {
    expect((await fetch(`${sandbox.controlUrl}/secrets`)).status).toBe(404);
    expect((await fetch(`${sandbox.controlUrl}/clock`)).status).toBe(404);
    expect((await command(sandbox, 'stats', {})).status).toBe(404);
    expect((await fetch(`${sandbox.controlUrl}/truth?at=yesterday`)).status).toBe(400);
    expect((await fetch(`${sandbox.controlUrl}/faults`, { method: 'POST', body: '[' })).status).toBe(400);
  });

  it('are neither counted nor logged as calls', async () => {
    const before = await control<Stats>(sandbox, 'stats');
    const after = await control<Stats>(sandbox, 'stats');
    await callApi(sandbox, apis.time);
    expect(after.total).toBe(before.total);
    expect((await control<Stats>(sandbox, 'stats')).total).toBe(before.total + 1);
  });

  it('are open to loopback addresses and no others', () => {
    expect(['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'].map(isLoopbackAddress)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(['10.0.0.1', '::ffff:10.0.0.1', '1270.1', '', undefined].map(isLoopbackAddress)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
});
