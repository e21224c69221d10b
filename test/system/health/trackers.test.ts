import { expect, it } from 'vitest';
import type { Tracker } from '../../../src/model/tracker.ts';
import { readTruth, type Truth } from '../../support/catalog-truth.ts';
import { startReceiver, type GenericMessage } from '../../support/receiver.ts';
import { withTestStack, type TestStack } from '../../support/stack.ts';

const dayMs = 86_400_000;
const days = 10;

/** Amounts in yuan that prices fall below. */
const amounts = [5, 10, 20, 40, 80, 160];
const cheap = (amount: number) => `below-${String(amount)}`;

const nothing = {
  feed: 'all',
  offers: [],
  priceDownPercent: null,
  priceUpPercent: null,
  priceBelowCny: null,
};
const trackers: readonly Tracker[] = [
  {
    ...{ ...nothing, name: 'moves', priceDownPercent: 5, priceUpPercent: 8 },
    events: ['out_of_stock', 'back_in_stock', 'delisted', 'relisted'],
  },
  ...amounts.map((amount) => ({
    ...{ ...nothing, name: cheap(amount), priceBelowCny: String(amount) },
    events: [],
  })),
];

/** What is true of one offer on one day. */
interface Offer {
  readonly state: string;
  readonly stock: number | null;
  readonly unit: string | null;
  /** In hundredths of a fen, by SKU and quantity. */
  readonly list: ReadonlyMap<string, number>;
}

type Day = ReadonlyMap<string, Offer>;

const units = (amount: string) => Math.round(Number(amount) * 10_000);

function toDay(truth: Truth): Day {
  const lists = new Map<string, Map<string, number>>();
  for (const { offerId, skuId, kind, minQuantity, amount } of truth.prices) {
    const list = lists.get(offerId) ?? new Map<string, number>();
    if (kind === 'list') lists.set(offerId, list.set(`${skuId} ${String(minQuantity)}`, units(amount)));
  }
  return new Map(
    truth.offers.map((offer) => {
      const { stock, unit } = offer as typeof offer & Pick<Offer, 'stock' | 'unit'>;
      return [offer.id, { state: offer.state, stock, unit, list: lists.get(offer.id) ?? new Map() }];
    }),
  );
}

/** A change that has to be noticed: `moves price_down 1 2`, after day 1 and until day 2; and what may be named of its prices. */
interface Expected {
  readonly what: string;
  readonly values: readonly string[];
}

function expectPrices(was: Offer, is: Offer, time: string): Expected[] {
  if (was.unit !== is.unit) return [];
  const moves = [...is.list].flatMap(([key, now]) => {
    const before = was.list.get(key);
    if (before === undefined) return [];
    const isDown = 100 * (before - now) >= 5 * before;
    return isDown || 100 * (now - before) >= 8 * before
      ? [{ before, now, size: Math.abs(now / before - 1) }]
      : [];
  });
  const largest = Math.max(...moves.map(({ size }) => size));
  const named = moves.filter(({ size }) => size > largest - 1e-9);
  const [first] = named;
  const [low, lowest] = [Math.min(...was.list.values()), Math.min(...is.list.values())];
  return [
    ...(first === undefined
      ? []
      : [
          {
            what: `moves ${first.now < first.before ? 'price_down' : 'price_up'} ${time}`,
            values: named.map(({ before, now }) => `${String(before)} ${String(now)}`),
          },
        ]),
    ...amounts
      .filter((amount) => low < Infinity && low >= units(String(amount)) && lowest < units(String(amount)))
      .map((amount) => ({
        what: `${cheap(amount)} price_below ${time}`,
        values: [`${String(low)} ${String(lowest)}`],
      })),
  ];
}

/** By the days on which an offer's detail was asked for, what a reader of these details alone must notice. */
function expectOf(offerId: string, seenOn: readonly number[], truth: readonly Day[]): Expected[] {
  let found: { readonly day: number; readonly offer: Offer } | null = null;
  let [state, empties, last] = ['', 0, -1];
  return seenOn.flatMap((day): Expected[] => {
    const offer = truth[day]?.get(offerId);
    if (offer === undefined) throw new Error(`offer ${offerId} is not in the truth of day ${String(day)}`);
    const timeFrom = (from: number) => `${offerId} ${String(from)} ${String(day)}`;
    const before = last;
    last = day;
    if (offer.state === 'gone') {
      empties += 1;
      if (empties !== 2 || found === null) return [];
      const wasListed = state === 'listed';
      state = 'gone';
      return wasListed ? [{ what: `moves delisted ${timeFrom(found.day)}`, values: [] }] : [];
    }
    const [prior, wasState] = [found, state];
    [found, state, empties] = [{ day, offer }, offer.state, 0];
    if (prior === null) return [];
    const stock = (offer.stock === 0) === (prior.offer.stock === 0) ? [] : [offer.stock === 0];
    return [
      ...(wasState === 'gone' ? [] : expectPrices(prior.offer, offer, timeFrom(prior.day))),
      ...stock.map((isOut) => ({
        what: `moves ${isOut ? 'out_of_stock' : 'back_in_stock'} ${timeFrom(prior.day)}`,
        values: [],
      })),
      ...(wasState === 'listed' && state === 'delisted'
        ? [{ what: `moves delisted ${timeFrom(prior.day)}`, values: [] }]
        : []),
      ...(wasState !== 'listed' && state === 'listed'
        ? [{ what: `moves relisted ${timeFrom(before)}`, values: [] }]
        : []),
    ];
  });
}

/** The days on which each offer's detail was asked for, and the day of each of its observations. */
async function readSeen(stack: TestStack, runs: readonly string[]) {
  const rows = await stack.query<{ offerId: string; at: Date; runId: string }>(
    `SELECT o.offer_id::text AS "offerId", o.observed_at AS at, c.run_id::text AS "runId"
     FROM catalog.observation o JOIN usage.api_call c USING (call_id) WHERE o.source = 'detail' ORDER BY o.observed_at`,
  );
  const seen = new Map<string, number[]>();
  const dayOf = new Map<string, number>();
  for (const { offerId, at, runId } of rows) {
    const day = runs.indexOf(runId);
    seen.set(offerId, [...(seen.get(offerId) ?? []), day]);
    dayOf.set(`${offerId} ${at.toISOString()}`, day);
  }
  return { seen, dayOf };
}

it('in ten days of the sandbox, what is sent is what the observed truth shows: none missed, none false, none twice', async () => {
  const receiver = await startReceiver('generic');
  const nature = { consecutive: 0.6, repricing: 0.5, soldOut: 0.4, relisting: 0.6, departure: 0.01 };
  const freshness = { categoryMs: 30 * dayMs, searchMs: dayMs / 2, detailMs: dayMs / 2 };
  const env = { NOTIFY_WEBHOOK_URL: receiver.url, NOTIFY_FORMAT: 'generic' };
  const options = {
    backend: 'postgres',
    sandbox: { offers: 100, categories: 10, nature },
    sync: { freshness, trackers },
    env,
  } as const;
  await withTestStack(options, async (stack) => {
    const [truth, runs]: [Day[], string[]] = [[], []];
    for (let day = 0; day < days; day += 1) {
      if (day > 0) await stack.advance(dayMs);
      const run = await stack.run();
      expect(run.status).toBe('succeeded');
      runs.push(run.runId);
      truth.push(toDay(await readTruth(stack, 'all=true')));
      await stack.app.sendNotifications();
    }
    const { seen, dayOf } = await readSeen(stack, runs);
    const expected = [...seen].flatMap(([offerId, seenOn]) => expectOf(offerId, seenOn, truth));
    const sent = receiver.taken
      .flatMap((message) => (message as GenericMessage).items)
      .flatMap(({ change }) => (change === null ? [] : [change]))
      .map((change) => {
        const dayAt = (at: string) => String(dayOf.get(`${change.offer_id} ${at}`));
        const time = `${change.offer_id} ${dayAt(change.not_before)} ${dayAt(change.seen_at)}`;
        return { ...change, what: `${change.tracker} ${change.condition} ${time}` };
      });
    expect(sent.map(({ what }) => what).toSorted()).toEqual(expected.map(({ what }) => what).toSorted());
    const valuesOf = new Map(expected.map(({ what, values }) => [what, values]));
    for (const { what, condition, old, new: now } of sent)
      if (condition.startsWith('price'))
        expect(valuesOf.get(what), what).toContain(`${String(units(old))} ${String(units(now))}`);
    expect([...new Set(sent.map(({ condition }) => condition))].toSorted()).toEqual([
      ...['back_in_stock', 'delisted', 'out_of_stock', 'price_below', 'price_down', 'price_up', 'relisted'],
    ]);
    expect(sent.length).toBeGreaterThan(40);
  });
  expect(receiver.faults).toEqual([]);
  await receiver.close();
}, 600_000);
