import { openTestStack, type TestStack } from '../../support/stack.ts';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';

const dayMs = 86_400_000;
/** Enough for changes of every kind to have happened. */
const dayCount = 5;
export const keyword = '纯棉';

interface TrueOffer {
  readonly id: string;
  readonly categoryId: string;
  readonly subject: string;
  readonly state: 'listed' | 'delisted' | 'gone';
  readonly isListed: boolean;
  readonly quoteType: 0 | 1 | 2 | null;
  readonly unit: string | null;
  readonly moq: number;
  readonly stock: number | null;
  readonly sellerId: string | null;
}

export interface TruePrice {
  readonly offerId: string;
  readonly skuId: string;
  readonly kind: string;
  readonly minQuantity: number;
  readonly amount: string;
}

/** What the sandbox says was true when the sync of a day was done. */
export interface TrueDay {
  /** In Shanghai: `2026-10-01`. */
  readonly day: string;
  readonly at: Date;
  readonly offers: ReadonlyMap<string, TrueOffer>;
  readonly prices: readonly TruePrice[];
}

/** A price that an observation found changed, by truth. */
interface TrueChange extends TruePrice {
  /** Null: there is no such price any more. */
  readonly after: string | null;
  readonly day: string;
}

/** What somebody would know who saw the truth of an offer whenever the catalog looked at it. */
export interface Knowledge {
  readonly prices: ReadonlyMap<string, TruePrice>;
  readonly changes: readonly TrueChange[];
  /** Every amount a price had, in turn. */
  readonly amounts: ReadonlyMap<string, readonly string[]>;
  /** Days on which a detail answer found an offer, by offer. */
  readonly observations: ReadonlyMap<string, readonly string[]>;
}

export interface CookbookWorld {
  readonly stack: TestStack;
  readonly days: readonly TrueDay[];
  readonly known: Knowledge;
}

export const keyOf = (price: TruePrice) =>
  [price.offerId, price.skuId, price.kind, price.minQuantity].join('/');

/** The day in Shanghai: `2026-10-01`. */
export const shanghaiDay = (at: Date) => new Date(at.getTime() + dayMs / 3).toISOString().slice(0, 10);

async function readDay(stack: TestStack): Promise<TrueDay> {
  const at = await stack.app.quota.ledgerNow();
  const url = `${stack.sandbox.controlUrl}/truth?categories=0&all=true&at=${at.toISOString()}`;
  const truth = (await (await fetch(url)).json()) as { offers: TrueOffer[]; prices: TruePrice[] };
  return {
    ...{ day: shanghaiDay(at), at, prices: truth.prices },
    offers: new Map(truth.offers.map((offer) => [offer.id, offer])),
  };
}

interface Observation {
  readonly offer_id: string;
  readonly day: string;
  readonly source: 'search' | 'detail';
  readonly is_found: boolean;
}

/** Which offers were fetched on which day: what was asked, not what was answered. */
async function readObservations(stack: TestStack): Promise<Observation[]> {
  return stack.query<Observation>(
    `SELECT DISTINCT offer_id, source, (observed_at AT TIME ZONE 'Asia/Shanghai')::date::text AS day, is_found
     FROM catalog.observation ORDER BY day`,
  );
}

class Follower {
  readonly prices = new Map<string, TruePrice>();
  readonly changes: TrueChange[] = [];
  readonly amounts = new Map<string, string[]>();

  observation({ day, prices }: TrueDay, seen: (price: TruePrice) => boolean): void {
    const now = new Map(prices.filter(seen).map((price) => [keyOf(price), price]));
    for (const [key, before] of this.prices) {
      if (!seen(before)) continue;
      const after = now.get(key)?.amount ?? null;
      if (after === before.amount) continue;
      this.changes.push({ ...before, after, day });
      this.prices.delete(key);
    }
    for (const [key, price] of now) {
      if (this.prices.has(key)) continue;
      this.prices.set(key, price);
      this.amounts.set(key, [...(this.amounts.get(key) ?? []), price.amount]);
    }
  }
}

/** Offers whose second empty detail answer in a row came on a day: they are gone, and so are their prices. */
function listGone(observations: readonly Observation[]): Set<string> {
  const empty = new Map<string, number>();
  const gone = new Set<string>();
  for (const { offer_id, day, source, is_found } of observations) {
    if (source === 'search') continue;
    empty.set(offer_id, is_found ? 0 : (empty.get(offer_id) ?? 0) + 1);
    if (empty.get(offer_id) === 2) gone.add(`${offer_id}/${day}/detail`);
  }
  return gone;
}

function follow(days: readonly TrueDay[], observations: readonly Observation[]): Knowledge {
  const follower = new Follower();
  const found = observations.filter(({ is_found }) => is_found);
  const asked = new Set(found.map(({ offer_id, day, source }) => `${offer_id}/${day}/${source}`));
  const gone = listGone(observations);
  for (const day of days) {
    const source = ({ kind }: TruePrice) => (kind === 'search' ? 'search' : 'detail');
    const observation = (price: TruePrice) => `${price.offerId}/${day.day}/${source(price)}`;
    follower.observation(day, (price) => asked.has(observation(price)) || gone.has(observation(price)));
  }
  const details = new Map<string, string[]>();
  for (const { offer_id, day, source } of found) {
    if (source === 'detail') details.set(offer_id, [...(details.get(offer_id) ?? []), day]);
  }
  return {
    prices: follower.prices,
    changes: follower.changes,
    amounts: follower.amounts,
    observations: details,
  };
}

/** A small world that was synced once a day for some days, each time at noon in Shanghai. */
export async function openCookbookWorld(): Promise<CookbookWorld> {
  const now = Date.now();
  const noon = Math.ceil((now - dayMs / 6) / dayMs) * dayMs + dayMs / 6;
  const stack = await openTestStack({
    backend: 'postgres',
    sandbox: { offers: 120, categories: 12, startAt: new Date(noon - dayMs / 24) },
    sync: parseSyncFile(
      `{ account: business, quotas: { per_second: 1000 }, freshness: { detail: 1m },
         feeds: [{ name: all, categories: ['0'] }, { name: cotton, keywords: ['${keyword}'] }] }`,
      'test',
    ),
  });
  // The first run would say so, but its clock is to be moved before.
  await stack.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
  const days: TrueDay[] = [];
  for (let day = 0; day < dayCount; day += 1) {
    await stack.advance(day === 0 ? noon - now : dayMs);
    const run = await stack.run();
    if (run.status !== 'succeeded')
      throw new Error(`run ${run.runId} ended ${run.status}: ${String(run.cause)}`);
    days.push(await readDay(stack));
  }
  return { stack, days, known: follow(days, await readObservations(stack)) };
}

export function fail(what: string): never {
  throw new Error(what);
}

/** Offers on sale that the catalog has looked at. */
export function listedOffers({ days, known }: CookbookWorld): TrueOffer[] {
  return [...(days.at(-1)?.offers.values() ?? [])].filter(
    ({ id, state }) => state === 'listed' && known.observations.has(id),
  );
}

/** The leaf with the most offers on sale. */
export function biggestCategory(world: CookbookWorld): string {
  const counts = new Map<string, number>();
  for (const { categoryId } of listedOffers(world)) counts.set(categoryId, (counts.get(categoryId) ?? 0) + 1);
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? fail('nothing is on sale');
}

/** An offer by quantity that has a tier of its own for big orders, and whose price changed. */
export function changedOffer(world: CookbookWorld): string {
  const byQuantity = listedOffers(world).filter(({ quoteType }) => quoteType !== 1);
  const found = byQuantity.find(({ id }) =>
    world.known.changes.some((c) => c.offerId === id && c.kind === 'list' && c.after !== null),
  );
  return found?.id ?? fail('no list price changed');
}
