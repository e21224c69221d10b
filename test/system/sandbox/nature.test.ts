import { afterEach, describe, expect, it } from 'vitest';
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/create-sandbox.ts';
import { startTestSandbox } from '../../support/sandbox.ts';
import { control, createTestClock, fetchDetail, searchAll, type Row } from '../../support/plain-client.ts';

const dayMs = 86_400_000;
const open: Sandbox[] = [];
afterEach(() => Promise.all(open.splice(0).map((sandbox) => sandbox.close())));

async function startWith(nature: SandboxOptions['nature'] = {}, offers = 100): Promise<Sandbox> {
  const clock = createTestClock('2026-10-10T00:00:00Z');
  const sandbox = await startTestSandbox({ clock, offers, nature: { departure: 0, ...nature } });
  open.push(sandbox);
  return sandbox;
}

interface TrueOffer {
  readonly id: string;
  readonly state: string;
  readonly isListed: boolean;
  readonly rate: number;
  readonly sellerId: string | null;
}

const readOffers = async (sandbox: Sandbox) =>
  (await control<{ offers: TrueOffer[] }>(sandbox, 'truth?all=true')).offers;

/** Every row that a search lists: all titles have that word. */
async function readRows(sandbox: Sandbox): Promise<ReadonlyMap<string, Row>> {
  const pages = await searchAll(sandbox, { keyword: '款' });
  return new Map(pages.flatMap(({ data }) => data.map((row) => [String(row.offerId), row] as const)));
}

/** The rows of some days, one after the other. */
async function readDays(sandbox: Sandbox, days: number) {
  const seen = [await readRows(sandbox)];
  for (let day = 1; day < days; day++) {
    sandbox.advance(dayMs);
    seen.push(await readRows(sandbox));
  }
  return seen;
}

interface Detail {
  readonly minOrderQuantity: number;
  readonly productSaleInfo: {
    readonly quoteType: number;
    readonly amountOnSale: number;
    readonly unitInfo: { readonly unit: string };
    readonly priceRangeList: readonly { readonly price: string }[];
  };
  readonly productSkuInfos: readonly { readonly amountOnSale: number; readonly price: string | null }[];
}

async function readDetail(sandbox: Sandbox, id: string): Promise<Detail | null> {
  const { body } = await fetchDetail(sandbox, id);
  return (body as { result: { result: Detail | null } }).result.result;
}

const priceOf = (row: Row | undefined) => row?.priceInfo.price ?? null;

describe('the nature of a world', () => {
  it('consecutive: slow offers change on two days in a row', async () => {
    const countRuns = async (consecutive: number) => {
      const sandbox = await startWith({ consecutive, repricing: 0 }, 300);
      const slow = (await readOffers(sandbox)).filter(({ rate }) => rate > 0 && rate < 0.1);
      const days = await readDays(sandbox, 15);
      const isChanged = (id: string, day: number) => {
        const [before, now] = [priceOf(days[day - 1]?.get(id)), priceOf(days[day]?.get(id))];
        return before !== null && now !== null && Number(before) !== Number(now);
      };
      const pairs = slow.flatMap(({ id }) =>
        days.map((_, day) => isChanged(id, day) && isChanged(id, day - 1)),
      );
      return pairs.filter(Boolean).length;
    };
    expect(await countRuns(1)).toBeGreaterThan(5 * (1 + (await countRuns(0))));
  });

  it('repricing: a shop changes most of its prices on one day', async () => {
    const sandbox = await startWith({ repricing: 1 });
    const offers = (await readOffers(sandbox)).filter(
      ({ state, isListed }) => state === 'listed' && isListed,
    );
    const sellers = [...new Set(offers.map(({ sellerId }) => sellerId))].map((seller) =>
      offers.filter(({ sellerId }) => sellerId === seller),
    );
    const days = await readDays(sandbox, 30);
    const shares = days.slice(1).flatMap((rows, day) =>
      sellers
        .filter(({ length }) => length >= 5)
        .map((own) => {
          const priced = own.filter(({ id }) => priceOf(rows.get(id)) !== null);
          const changed = priced.filter(({ id }) => priceOf(rows.get(id)) !== priceOf(days[day]?.get(id)));
          return changed.length / priced.length;
        }),
    );
    const large = shares.filter((share) => share > 0.6).length;
    expect(large).toBeGreaterThan(3);
    expect(large).toBeLessThan(shares.length / 5);
  });

  it('relisting: offers that are gone come back to details and lists', async () => {
    const sandbox = await startWith({ relisting: 1 }, 200);
    const gone = new Map<string, boolean>();
    const back: string[] = [];
    for (let day = 0; day < 40; day++) {
      for (const { id, state, isListed } of await readOffers(sandbox)) {
        if (state === 'gone') gone.set(id, (gone.get(id) ?? false) || !isListed);
        else if (gone.get(id) === true && isListed && !back.includes(id)) {
          back.push(id);
          expect((await readRows(sandbox)).has(id)).toBe(true);
          expect(await readDetail(sandbox, id)).not.toBeNull();
        }
      }
      sandbox.advance(dayMs);
    }
    expect(back.length).toBeGreaterThan(3);
  });

  it('relisting: none of them does at 0', async () => {
    const sandbox = await startWith({ relisting: 0 }, 300);
    sandbox.advance(20 * dayMs);
    const early = (await readOffers(sandbox)).filter(({ state }) => state === 'gone').map(({ id }) => id);
    sandbox.advance(100 * dayMs);
    const late = (await readOffers(sandbox)).filter(({ state }) => state === 'gone').map(({ id }) => id);
    expect(early.length).toBeGreaterThan(2);
    expect(late).toEqual(expect.arrayContaining(early));
  });

  it('birth and departure: offers come, and others go for good', async () => {
    const sandbox = await startWith({ birth: 0.02, departure: 0.02, relisting: 0 }, 300);
    const isThere = ({ state }: TrueOffer) => state !== 'gone';
    const before = (await readOffers(sandbox)).filter(isThere);
    sandbox.advance(10 * dayMs);
    const after = await readOffers(sandbox);
    expect(after.length).toBe(300 + 60);
    const left = after.filter((offer) => isThere(offer) && before.some(({ id }) => id === offer.id)).length;
    expect(left / before.length).toBeGreaterThan(0.7);
    expect(left / before.length).toBeLessThan(0.9);
  });

  it('soldOut: stocks reach 0 and come back', async () => {
    const sandbox = await startWith({ soldOut: 0.3 });
    const ids = (await readOffers(sandbox)).filter(({ rate }) => rate > 0.1).map(({ id }) => id);
    const stocks = new Map<string, number[]>(ids.map((id) => [id, []]));
    for (let day = 0; day < 15; day++) {
      for (const id of ids) {
        const detail = await readDetail(sandbox, id);
        if (detail !== null) stocks.get(id)?.push(detail.productSaleInfo.amountOnSale);
      }
      sandbox.advance(dayMs);
    }
    const isOut = (stock: number) => stock === 0;
    const cameBack = [...stocks.values()].filter(
      (stock) => stock.some(isOut) && stock.slice(stock.findIndex(isOut)).some((count) => count > 0),
    );
    expect(cameBack.length).toBeGreaterThan(2);
  });

  it('terms: minimum orders and units change with prices', async () => {
    const sandbox = await startWith({ terms: 1 });
    const ids = (await readOffers(sandbox)).filter(({ rate }) => rate > 0.1).map(({ id }) => id);
    const read = async () =>
      new Map(await Promise.all(ids.map(async (id) => [id, await readDetail(sandbox, id)] as const)));
    const before = await read();
    sandbox.advance(20 * dayMs);
    const after = await read();
    const count = (valueOf: (detail: Detail) => unknown) =>
      ids.filter((id) => {
        const [old, now] = [before.get(id) ?? null, after.get(id) ?? null];
        return old !== null && now !== null && valueOf(old) !== valueOf(now);
      }).length;
    expect(count((detail) => detail.minOrderQuantity)).toBeGreaterThan(3);
    expect(count((detail) => detail.productSaleInfo.unitInfo.unit)).toBeGreaterThan(3);
  });

  it('rise: a price that changes is at the level of its day, and one that does not stays', async () => {
    const meanRise = async (rise: number) => {
      const sandbox = await startWith({ rise, terms: 0, relisting: 0 }, 300);
      const first = await readRows(sandbox);
      sandbox.advance(20 * dayMs);
      const last = await readRows(sandbox);
      const ratios = [...first].flatMap(([id, row]) => {
        const [before, now] = [priceOf(row), priceOf(last.get(id))];
        return before === null || now === null ? [] : [Number(now) / Number(before)];
      });
      const moved = ratios.filter((ratio) => ratio !== 1);
      expect(ratios.length - moved.length).toBeGreaterThan(100);
      return moved.reduce((total, ratio) => total + ratio, 0) / moved.length;
    };
    // All of what changed did so within twenty days, some on the first of them.
    const [still, rising] = [await meanRise(0), await meanRise(0.02)];
    expect(rising / still).toBeGreaterThan(1.15);
    expect(rising / still).toBeLessThan(1.02 ** 20);
  });

  it('rowPrice: a row shows a price that its detail has not', async () => {
    const sandbox = await startWith({ rowPrice: 1 });
    const rows = [...(await readRows(sandbox))].slice(0, 30);
    let priced = 0;
    for (const [id, row] of rows) {
      const detail = await readDetail(sandbox, id);
      if (detail === null || priceOf(row) === null) continue;
      const { quoteType, priceRangeList } = detail.productSaleInfo;
      const shown = (quoteType === 1 ? detail.productSkuInfos : priceRangeList).map(({ price }) =>
        Number(price),
      );
      expect(shown).not.toContain(Number(priceOf(row)));
      priced += 1;
    }
    expect(priced).toBeGreaterThan(20);
  });

  it('sells most of a few offers', async () => {
    const sold = [...(await readRows(await startWith({}, 1000))).values()].map(({ monthSold }) => monthSold);
    const sorted = sold.toSorted((a, b) => b - a);
    const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
    expect(sorted[0]).toBeGreaterThan(10 * (sum(sold) / sold.length));
    expect(sum(sorted.slice(0, 100))).toBeGreaterThan(sum(sorted.slice(100)));
  });

  it('is made of known shares', async () => {
    await expect(startWith({ soldOut: 1.5 })).rejects.toThrow('soldOut must be a share from 0 to 1');
    await expect(startWith({ weather: 1 } as object)).rejects.toThrow('not weather');
  });
});
