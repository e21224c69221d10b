import { expect } from 'vitest';
import { defaultTimeouts } from '../../../src/extract/gateway/transport.ts';
import type { Run } from '../../../src/model/run.ts';
import type { Fault } from '../../../src/sandbox/faults.ts';
import type { TestStack, TestStackOptions } from '../../support/stack.ts';
import { expectTruth, type Truth } from '../../support/catalog-truth.ts';

const dayMs = 86_400_000;
const categoryApi = 'com.alibaba.product:alibaba.category.get:1';
const searchApi = 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1';
const detailApi = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

/** The whole tree; a root with eleven offers, for faults of single calls; or one window of two pages. */
export const feeds = {
  tree: 'categories=0',
  branch: 'categories=10107',
  keyword: `keywords=${encodeURIComponent('款')}`,
} as const;

/** One fault, and all that a run is expected to make of it. */
export interface FaultCase {
  readonly fault: string;
  readonly feed: keyof typeof feeds;
  readonly faults: readonly Fault[];
  /** Where the client's patience is what is tried: less of it. */
  readonly gatewayTimeouts?: TestStackOptions['gatewayTimeouts'];
  /** What the product does, in words. */
  readonly does: string;
  readonly status?: Run['status'];
  /** Targets that are given up for today. */
  readonly errors?: number;
  /** Calls beyond those that an undisturbed run needs. */
  readonly extraCalls: number;
  /** In words, whether the catalog equals the truth; `holds` proves it. */
  readonly catalog: string;
  readonly holds: (stack: TestStack) => Promise<void>;
}

const equal = 'yes';

async function countQuarantined(stack: TestStack): Promise<number> {
  const [row] = await stack.query<{ n: number }>('SELECT count(*)::int AS n FROM sync.quarantine');
  return row?.n ?? 0;
}

/** A fault that passes: the call is made again, a little later. */
function passing(fault: string, hit: Omit<Fault, 'api' | 'count'>, does: string): FaultCase {
  return {
    fault,
    feed: 'branch',
    faults: [
      { ...hit, api: searchApi, count: 1 },
      { ...hit, api: detailApi, count: 1 },
    ],
    does,
    extraCalls: 2,
    catalog: equal,
    holds: (stack) => expectTruth(stack, feeds.branch),
  };
}

/** Still so long that a call which is served in the sandbox is not given up on a machine under load. */
const lessPatience = { headersMs: 5_000, totalMs: 8_000 };

/** One that takes the client's patience first, and so hits one call only. */
function slow(fault: string, kind: 'hang' | 'drip', does: string): FaultCase {
  return {
    ...passing(fault, { kind }, does),
    faults: [{ kind, api: detailApi, count: 1 }],
    gatewayTimeouts: lessPatience,
    extraCalls: 1,
  };
}

const seconds = (phase: 'headersMs' | 'totalMs') => `${defaultTimeouts[phase] / 1000} s`;
const unknownThenAgain = 'books the call as unknown, calls again';

const again = 'calls again after a pause';

/** Everything but some offers; their SKUs and prices go with them. */
function without(ids: ReadonlySet<string>) {
  return ({ categories, offers, skus, prices }: Truth): Truth => ({
    categories,
    offers: offers.filter(({ id }) => !ids.has(id)),
    skus: skus.filter(({ offerId }) => !ids.has(offerId)),
    prices: prices.filter(({ offerId }) => !ids.has(offerId)),
  });
}

/** The next day's run, with a gateway that is well again. */
async function expectHealed(stack: TestStack, feed: keyof typeof feeds): Promise<void> {
  stack.sandbox.setFaults([]);
  await stack.advance(dayMs);
  expect(await stack.run()).toMatchObject({ status: 'succeeded', counts: { errors: 0 } });
  await expectTruth(stack, feeds[feed]);
}

async function listIds(stack: TestStack, sql: string): Promise<Set<string>> {
  return new Set((await stack.query<{ id: string }>(sql)).map(({ id }) => id));
}

const missingOffers = `SELECT offer_id::text AS id FROM catalog.offer WHERE state = 'missing'`;

/** Offers of the truth that the catalog has never heard of. */
async function expectUnseen(stack: TestStack, feed: keyof typeof feeds, unseen: number): Promise<void> {
  const known = await listIds(stack, 'SELECT offer_id::text AS id FROM catalog.offer');
  let count = 0;
  await expectTruth(stack, feeds[feed], (truth) => {
    const ids = new Set(truth.offers.map(({ id }) => id).filter((id) => !known.has(id)));
    count = ids.size;
    return without(ids)(truth);
  });
  expect(count).toBe(unseen);
}

/** Titles as an attack that Postgres can hold: NUL goes, half a surrogate pair becomes U+FFFD. */
function attacked(title: string): string {
  let sum = 0;
  for (let i = 0; i < title.length; i++) sum += title.charCodeAt(i);
  const prefixes = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '\u001b[31m\u001b]0;owned\u0007',
    '\u202e',
    '',
    '\ufffd',
    '=HYPERLINK("http://example.com","x")',
  ];
  return `${prefixes[sum % prefixes.length] ?? ''}${title}`;
}

/** What is read as a list price: `list` of details, `search` of rows. */
const isListPrice = ({ kind }: Truth['prices'][number]) => kind === 'list' || kind === 'search';

export const faultCases: readonly FaultCase[] = [
  slow('no answer', 'hang', `gives up after ${seconds('headersMs')}, ${unknownThenAgain}`),
  slow(
    'an answer that comes byte by byte',
    'drip',
    `gives up after ${seconds('totalMs')} in all, ${unknownThenAgain}`,
  ),
  passing('HTTP 5xx', { kind: 'server_error', status: 503 }, again),
  passing('connection reset before the answer', { kind: 'reset' }, again),
  passing('connection reset in the middle of the body', { kind: 'reset_body' }, again),
  passing('connection closed in the middle of the body', { kind: 'cut' }, again),
  passing('half of the JSON', { kind: 'truncate' }, again),
  passing('an HTML page instead of JSON', { kind: 'html' }, again),
  passing('bytes that are not UTF-8', { kind: 'bad_charset' }, again),
  {
    fault: 'an answer of 32 MB',
    feed: 'branch',
    faults: [{ kind: 'oversize', api: detailApi, count: 1 }],
    does: 'stops reading at 8 MB, gives up the offer for today: the next answer would be as large',
    status: 'partial_error',
    errors: 1,
    extraCalls: 0,
    catalog: 'all but that offer; yes after the next run',
    holds: (stack) => expectHealed(stack, 'branch'),
  },
  passing('500_2, then well', { kind: 'not_ready' }, again),
  {
    fault: 'too fast, with HTTP 200',
    feed: 'branch',
    faults: [{ kind: 'gateway_error', api: detailApi, count: 1 }],
    does: 'reads the body before the status, pauses 2 s, calls again',
    extraCalls: 1,
    catalog: equal,
    holds: (stack) => expectTruth(stack, feeds.branch),
  },
  {
    fault: 'three offers vanish between search and detail',
    feed: 'branch',
    faults: [{ kind: 'vanish', api: detailApi, count: 3 }],
    does: 'marks them missing, fetches them again the next day',
    extraCalls: 0,
    catalog: 'all but the three; yes after the next run',
    holds: async (stack) => {
      const missing = await listIds(stack, missingOffers);
      await expectTruth(stack, feeds.branch, without(missing));
      await expectHealed(stack, 'branch');
    },
  },
  {
    fault: 'every page of a search is the first page',
    feed: 'keyword',
    faults: [{ kind: 'repeat_page', api: searchApi }],
    does: 'ends the pass at the page without a new offer, and fetches no further page',
    extraCalls: -48,
    catalog: 'the first page; all after the next run',
    holds: async (stack) => {
      const [{ n } = { n: 0 }] = await stack.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM catalog.offer',
      );
      expect(n).toBe(50);
      await expectHealed(stack, 'keyword');
    },
  },
  {
    fault: 'a page lacks a row',
    feed: 'keyword',
    faults: [{ kind: 'slip', api: searchApi, count: 1 }],
    does: 'loads the rest, finds the row in the next pass',
    extraCalls: -1,
    catalog: 'all but that offer; yes after the next run',
    holds: async (stack) => {
      await expectUnseen(stack, 'keyword', 1);
      await expectHealed(stack, 'keyword');
    },
  },
  {
    fault: 'searches find nothing',
    feed: 'keyword',
    faults: [{ kind: 'empty' }],
    does: 'ends the pass: a search without offers gives the same answer',
    extraCalls: -99,
    catalog: 'empty; all after the next run',
    holds: async (stack) => {
      expect(await listIds(stack, 'SELECT offer_id::text AS id FROM catalog.offer')).toEqual(new Set());
      await expectHealed(stack, 'keyword');
    },
  },
  {
    fault: 'searches list half',
    feed: 'keyword',
    faults: [{ kind: 'halved' }],
    does: 'loads that half: a search with only these offers gives the same answer',
    extraCalls: -50,
    catalog: 'all but the other half; yes after the next run',
    holds: async (stack) => {
      await expectUnseen(stack, 'keyword', 49);
      await expectHealed(stack, 'keyword');
    },
  },
  {
    fault: 'a row comes twice',
    feed: 'keyword',
    faults: [{ kind: 'duplicate', api: searchApi }],
    does: 'loads it once',
    extraCalls: 0,
    catalog: equal,
    holds: (stack) => expectTruth(stack, feeds.keyword),
  },
  {
    fault: 'totals that are one too high',
    feed: 'keyword',
    faults: [{ kind: 'off_by_one', api: searchApi }],
    does: 'stops at the page that is not full',
    extraCalls: 0,
    catalog: equal,
    holds: (stack) => expectTruth(stack, feeds.keyword),
  },
  {
    fault: 'values in every form that 1688 uses',
    feed: 'tree',
    faults: [{ kind: 'mixed_forms' }],
    does: 'reads each with its meaning, rejects none',
    extraCalls: 0,
    catalog: equal,
    holds: async (stack) => {
      await expectTruth(stack);
      expect(await countQuarantined(stack)).toBe(0);
    },
  },
  {
    fault: 'titles with scripts, escapes, formulas, NUL',
    feed: 'tree',
    faults: [{ kind: 'hostile_titles' }],
    does: 'stores them as text, without NUL; escapes them wherever they are shown',
    extraCalls: 0,
    catalog: 'yes, with those titles',
    holds: (stack) =>
      expectTruth(stack, feeds.tree, (truth) => ({
        ...truth,
        offers: truth.offers.map((offer) => ({ ...offer, subject: attacked(offer.subject) })),
      })),
  },
  {
    fault: 'list prices that are not prices',
    feed: 'tree',
    faults: [{ kind: 'absurd_prices' }],
    does: 'puts each into quarantine, loads the rest',
    extraCalls: 0,
    catalog: 'all but those prices, each in quarantine',
    holds: async (stack) => {
      let absurd = 0;
      await expectTruth(stack, feeds.tree, (truth) => {
        // That of one unit is the retail price, where others hold from more units on.
        const ofUnits = new Set(
          truth.prices
            .filter((price) => price.kind === 'list' && price.minQuantity > 1)
            .map(({ offerId, skuId }) => `${offerId} ${skuId}`),
        );
        const isOfOne = ({ offerId, skuId, kind, minQuantity }: Truth['prices'][number]) =>
          kind === 'list' && minQuantity === 1 && skuId !== '0' && ofUnits.has(`${offerId} ${skuId}`);
        absurd = truth.prices.filter((price) => isListPrice(price) && !isOfOne(price)).length;
        return { ...truth, prices: truth.prices.filter((price) => !isListPrice(price)) };
      });
      expect(await countQuarantined(stack)).toBe(absurd);
    },
  },
  {
    fault: 'categories in a circle',
    feed: 'tree',
    faults: [{ kind: 'category_cycle', api: categoryApi }],
    does: 'puts each circle into quarantine, fetches each node once',
    extraCalls: 0,
    catalog: equal,
    holds: async (stack) => {
      await expectTruth(stack);
      const branches = await listIds(
        stack,
        'SELECT category_id::text AS id FROM catalog.category WHERE NOT is_leaf AND category_id <> 0',
      );
      expect(await countQuarantined(stack)).toBe(branches.size);
    },
  },
];
