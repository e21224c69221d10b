import { afterEach, describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import {
  apis,
  callApi,
  control,
  createTestClock,
  fetchDetail,
  search,
  walkTree,
} from '../../support/plain-client.ts';

const dayMs = 86_400_000;
const start = '2026-10-10T00:00:00Z';
const open: Sandbox[] = [];

async function startAtEpoch(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startTestSandbox({ clock: createTestClock(start), ...options });
  open.push(sandbox);
  return sandbox;
}
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

interface Offer {
  readonly id: string;
  readonly state: string;
  readonly isListed: boolean;
  readonly rate: number;
}

async function listOffers(sandbox: Sandbox): Promise<readonly Offer[]> {
  return (await control<{ offers: Offer[] }>(sandbox, 'truth?all=true')).offers;
}

/** Everything a client can see: the tree, the first pages of searches, and details. */
async function observation(sandbox: Sandbox): Promise<string> {
  const texts = [JSON.stringify(await walkTree(sandbox))];
  for (const keyword of ['款', '批发']) texts.push(JSON.stringify(await search(sandbox, { keyword })));
  for (const { id } of (await listOffers(sandbox)).slice(0, 25)) {
    texts.push((await fetchDetail(sandbox, id)).text);
  }
  return texts.join('\n');
}

describe('the world', () => {
  it('follows from its seed, answer by answer, however time came to pass', async () => {
    const [jumped, walked, other] = await Promise.all([
      startAtEpoch({ seed: 5 }),
      startAtEpoch({ seed: 5 }),
      startAtEpoch({ seed: 6 }),
    ]);
    expect(await observation(walked)).toBe(await observation(jumped));
    jumped.advance(40 * dayMs);
    for (let day = 0; day < 40; day++) {
      walked.advance(dayMs);
      await search(walked, { keyword: '款' });
    }
    expect(await observation(walked)).toBe(await observation(jumped));
    other.advance(40 * dayMs);
    expect(await observation(other)).not.toBe(await observation(jumped));
  });

  it('follows from its epoch, not from when the sandbox was started', async () => {
    const early = await startAtEpoch();
    early.advance(20 * dayMs);
    const late = await startTestSandbox({
      clock: createTestClock('2026-10-30T00:00:00Z'),
      startAt: new Date(start),
    });
    open.push(late);
    expect(await observation(late)).toBe(await observation(early));
  });

  it('stands still within a step, and moves on at its end', async () => {
    const sandbox = await startAtEpoch({ offers: 300, worldStepMs: 60_000 });
    const before = await observation(sandbox);
    sandbox.advance(59_999);
    expect(await observation(sandbox)).toBe(before);
    sandbox.advance(1);
    expect(await observation(sandbox)).not.toBe(before);
  });

  it('tells the time, also beyond its epoch', async () => {
    const sandbox = await startAtEpoch();
    sandbox.advance(8 * 3_600_000 + 123);
    expect((await callApi(sandbox, apis.time)).text).toBe('"20261010160000123+0800"');
    expect((await callApi(sandbox, apis.timeMillis)).text).toBe(String(Date.parse(start) + 28_800_123));
  });
});

describe('change', () => {
  it('has rates that are far apart: most offers never change, some do daily', async () => {
    const offers = await listOffers(await startAtEpoch({ offers: 2000 }));
    const share = (isIt: (offer: Offer) => boolean) => offers.filter(isIt).length / offers.length;
    expect(share((offer) => offer.rate === 0)).toBeCloseTo(0.55, 1);
    expect(share((offer) => offer.rate > 0 && offer.rate <= 0.081)).toBeCloseTo(0.35, 1);
    expect(share((offer) => offer.rate > 0.2)).toBeCloseTo(0.1, 1);
    expect(share((offer) => offer.rate === 1)).toBeGreaterThan(0.01);
  });

  it('that comes daily is there after the first day', async () => {
    const sandbox = await startAtEpoch({ offers: 1000 });
    const daily = (await listOffers(sandbox)).filter((offer) => offer.rate === 1 && offer.state === 'listed');
    const read = () =>
      Promise.all(daily.map(({ id }) => fetchDetail(sandbox, id).then((reply) => reply.text)));
    const before = await read();
    sandbox.advance(dayMs);
    const after = await read();
    expect(daily.length).toBeGreaterThan(10);
    expect(after.filter((text, i) => text === before[i])).toEqual([]);
  });

  it('comes in every kind', async () => {
    const sandbox = await startAtEpoch({ offers: 1000, categories: 10 });
    interface Truth {
      readonly offers: readonly (Offer & { subject: string; status: string | null; stock: number | null })[];
      readonly skus: readonly { offerId: string; skuId: string }[];
      readonly prices: readonly {
        offerId: string;
        skuId: string;
        kind: string;
        minQuantity: number;
        amount: string;
      }[];
    }
    const before = await control<Truth>(sandbox, 'truth?all=true');
    sandbox.advance(60 * dayMs);
    const after = await control<Truth>(sandbox, 'truth?all=true');
    const now = new Map(after.offers.map((offer) => [offer.id, offer]));
    const has = (isIt: (old: Truth['offers'][number], next: Truth['offers'][number]) => boolean) =>
      before.offers.filter((offer) => isIt(offer, now.get(offer.id) ?? offer)).length;
    expect(has((old, next) => old.subject !== next.subject)).toBeGreaterThan(0);
    expect(has((old, next) => old.stock !== next.stock)).toBeGreaterThan(0);
    expect(has((old, next) => old.state === 'listed' && next.state === 'delisted')).toBeGreaterThan(0);
    expect(has((old, next) => old.state === 'delisted' && next.state === 'listed')).toBeGreaterThan(0);
    expect(has((old, next) => old.state !== 'gone' && next.state === 'gone')).toBeGreaterThan(0);
    const missing = (from: Truth['skus'], to: Truth['skus']) => {
      const known = new Set(to.map((sku) => sku.skuId));
      const gone = new Set(after.offers.filter((offer) => offer.state === 'gone').map((offer) => offer.id));
      return from.filter((sku) => !gone.has(sku.offerId) && !known.has(sku.skuId)).length;
    };
    const old = new Set(before.offers.map((offer) => offer.id));
    expect(missing(before.skus, after.skus)).toBeGreaterThan(0);
    expect(
      missing(
        after.skus.filter((sku) => old.has(sku.offerId)),
        before.skus,
      ),
    ).toBeGreaterThan(0);
    const text = (price: Truth['prices'][number]) => JSON.stringify(price);
    const priced = new Set(before.prices.map(text));
    expect(after.prices.some((price) => old.has(price.offerId) && !priced.has(text(price)))).toBe(true);
  });

  it('brings a few new offers, with a creation date of their own', async () => {
    const sandbox = await startAtEpoch({ offers: 100 });
    sandbox.advance(10 * dayMs);
    const offers = await listOffers(sandbox);
    expect(offers).toHaveLength(105);
    const { text } = await fetchDetail(sandbox, offers.at(-1)?.id ?? '');
    expect(text).toMatch(/"createDate":"2026-10-2\d/);
    sandbox.advance(5000 * dayMs);
    expect(await listOffers(sandbox)).toHaveLength(125);
  });

  it('mostly moves modifyDate when a search row changes', async () => {
    const sandbox = await startAtEpoch({ offers: 300 });
    const rows = async () => {
      const pages = await Promise.all(
        [1, 2, 3, 4, 5, 6, 7].map((beginPage) => search(sandbox, { keyword: '款', beginPage })),
      );
      return new Map(pages.flatMap((page) => page.data.map((row) => [row.offerId, row] as const)));
    };
    const before = await rows();
    sandbox.advance(5 * dayMs);
    const after = await rows();
    let [moved, stayed, idle] = [0, 0, 0];
    for (const [id, { modifyDate, ...rest }] of before) {
      const { modifyDate: later, ...now } = after.get(id) ?? { modifyDate, ...rest };
      const isChanged = JSON.stringify(now) !== JSON.stringify(rest);
      if (isChanged && later !== modifyDate) moved += 1;
      if (isChanged && later === modifyDate) stayed += 1;
      if (!isChanged && later === modifyDate) idle += 1;
    }
    expect(moved).toBeGreaterThan(stayed);
    expect(stayed).toBeGreaterThan(0);
    expect(idle).toBeGreaterThan(moved);
  });
});
