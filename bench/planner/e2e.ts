import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createScripts } from './page-policies.ts';
import { PlannerPolicy } from './planner-policy.ts';
import type { ResultPages } from './result-pages.ts';
import { readSandboxWorld } from './sandbox-world.ts';
import { createOracle, createRoundRobin } from './scan-policies.ts';
import { simulate, type Policy } from './simulate.ts';
import type { Shops } from './shop-suspicions.ts';
import { Site, type Score } from './site.ts';
import type { World } from './world.ts';

/** The product itself, its jobs, ledger and database, on the sandbox: so many days, and runs of a day. */
const days = 30;
const runsPerDay = 4;
/** Days in which it learns, which do not count; and in how many a change must be seen. */
const [scoredFrom, longestDelay] = [10, 10];
const categories = 25;
const pageSize = 50;

const syncFileOf = ({ offers, hasShops }: EndToEndOptions) => `
account: business
feeds:
  - { name: all, categories: ["0"], max_offers: ${String(offers)} }
freshness: { category: 300d, search: 1m, detail: 1m }
quotas:
  per_second: 1000
  approved:
    category.children: { daily: 1000000 }
    search.keyword: { daily: 1000000 }
    offer.detail: { daily: 1000000 }
${hasShops ? '    search.seller: { daily: 1000000 }' : ''}
`;

interface Observation {
  readonly offer_id: string;
  readonly source: 'search' | 'detail';
  readonly call_id: string;
  readonly day: number;
}

export interface EndToEndOptions {
  readonly offers: number;
  /** Calls a day, as a share of the offers. */
  readonly quota: number;
  readonly seed: number;
  /** Calls of `search.seller` are approved: lists of shops that seem to have repriced may be asked for. */
  readonly hasShops: boolean;
  /** Of the shops, those that change most of their prices on one day. */
  readonly repricing: number;
}

export interface EndToEndCalls {
  readonly search: number;
  /** Lists of shops that seem to have repriced. */
  readonly shop: number;
  readonly detail: number;
  readonly maxOnADay: number;
}

export interface EndToEnd {
  readonly scores: ReadonlyMap<string, Score>;
  readonly calls: EndToEndCalls;
}

/** What the product looked at, scored as if the simulation had: the same world, the same rules. */
async function scoreObservations(
  world: World,
  observations: readonly Observation[],
  indexOf: ReadonlyMap<string, number>,
): Promise<Score> {
  const site = new Site(world, { scoredFrom, longestDelay });
  site.callsLeft = Infinity;
  for (let at = 0; at < observations.length;) {
    const first = observations[at];
    if (!first) break;
    let end = at;
    while (observations[end]?.call_id === first.call_id) end += 1;
    const seen = observations.slice(at, end).flatMap(({ offer_id }) => indexOf.get(offer_id) ?? []);
    site.day = Math.min(first.day, days);
    const [offer] = seen;
    if (first.source === 'search') site.fetchPage(seen);
    else if (offer !== undefined) site.fetchDetail(offer);
    at = end;
  }
  return site.finish();
}

/** The pages that the product's searches list, as the reference has them: each search in pages of fifty. */
export async function readPages(stack: Stack, indexOf: ReadonlyMap<string, number>): Promise<ResultPages> {
  const rows = await stack.query<{ window_id: string; offer_id: string }>(
    'SELECT window_id, offer_id FROM sync.window_offer ORDER BY window_id, offer_id',
  );
  const byWindow = new Map<string, number[]>();
  for (const { window_id: window, offer_id: id } of rows) {
    const offer = indexOf.get(id);
    if (offer !== undefined) byWindow.set(window, [...(byWindow.get(window) ?? []), offer]);
  }
  const members = [...byWindow.values()].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / pageSize) }, (_, page) =>
      all.slice(page * pageSize, (page + 1) * pageSize),
    ),
  );
  return { members, list: (page) => [...(members[page] ?? [])] };
}

async function syncDays(stack: Stack, callsPerDay: number, show: (text: string) => void): Promise<void> {
  for (let batch = 0; batch < days * runsPerDay; batch += 1) {
    // Whole calls, as many on each day as there are.
    const run = batch % runsPerDay;
    const upTo = (runs: number) => Math.floor((runs * callsPerDay) / runsPerDay);
    await stack.sync(upTo(run + 1) - upTo(run));
    await stack.advanceDays(1 / runsPerDay);
    show(`day ${String(Math.floor(batch / runsPerDay))} of ${String(days)}`);
  }
}

const known = (stack: Stack) =>
  stack.query<{ offer_id: string; popularity: number }>('SELECT offer_id, popularity FROM sync.refresh');

/** The planner in memory, in the world and with the pages and runs of the product: without and with lists of shops. */
async function simulateModel(
  world: World,
  { shops, ...options }: { readonly callsPerDay: number; readonly pages: ResultPages; readonly shops: Shops },
): Promise<Map<string, Score>> {
  const scores = new Map<string, Score>();
  for (const knowsRates of [false, true]) {
    for (const more of [{}, { shops }]) {
      const policy = new PlannerPolicy(world, {
        ...{ ...options, ...more, knowsRates },
        objective: defaultObjective,
      });
      const name = `the model${knowsRates ? ', true rates' : ''}${'shops' in more ? ', lists of shops' : ''}`;
      const run = { world, policy, callsPerDay: options.callsPerDay, scoredFrom, longestDelay };
      scores.set(name, await simulate({ ...run, runsOn: () => runsPerDay }));
    }
  }
  return scores;
}

/** Runs the product for thirty days, and its rivals and references in the world that it met. */
export async function runEndToEnd(options: EndToEndOptions, show: (text: string) => void): Promise<EndToEnd> {
  const { offers, quota, seed, repricing } = options;
  const nature = { repricing };
  const callsPerDay = Math.round(quota * offers);
  const syncFile = syncFileOf(options);
  const stack = await openStack({
    backend: 'postgres',
    offers,
    categories,
    seed,
    isDrifting: false,
    nature,
    syncFile,
  });
  try {
    show('the first sync of everything');
    await stack.sync();
    const [began] = await stack.query<{ at: Date }>('SELECT usage.ledger_now() AS at');
    const found = { seed, offers, categories, days, nature, startAt: stack.startAt };
    const blank = { weights: new Float64Array(offers).fill(1), copiedAt: new Float64Array(offers) };
    const { indexOf } = readSandboxWorld({ ...found, days: 0 }, blank);
    // An offer that no search lists is known to nobody: it has no weight.
    const weights = new Float64Array(offers);
    for (const { offer_id: id, popularity } of await known(stack))
      weights[indexOf.get(id) ?? -1] = popularity;
    const scale = offers / weights.reduce((sum, weight) => sum + weight, 0);
    const { world, shops } = readSandboxWorld(found, {
      ...blank,
      weights: weights.map((weight) => weight * scale),
    });
    const pages = await readPages(stack, indexOf);
    await syncDays(stack, callsPerDay, show);
    const observations = await stack.query<Observation>(
      `SELECT offer_id, source, call_id, extract(epoch FROM observed_at - $2)::float8 / 86400 AS day
       FROM catalog.observation WHERE observed_at >= $1 ORDER BY observed_at, call_id`,
      [began?.at, stack.startAt],
    );
    const calls = await stack.query<{ day: number; search: number; shop: number; detail: number }>(
      `SELECT floor(extract(epoch FROM granted_at - $1) / 86400)::int AS day,
              count(*) FILTER (WHERE operation = 'search.keyword')::int AS search,
              count(*) FILTER (WHERE operation = 'search.seller')::int AS shop,
              count(*) FILTER (WHERE operation = 'offer.detail')::int AS detail
       FROM usage.api_call WHERE granted_at >= $1 GROUP BY 1`,
      [began?.at],
    );
    const planner = { callsPerDay, objective: defaultObjective, pages, knowsRates: true };
    const policies: Record<string, () => Policy> = {
      'round robin of details': createRoundRobin,
      'oracle of details': () => createOracle(world),
      'oracle of pages and details': () => new PlannerPolicy(world, planner),
      ...createScripts(() => pages),
    };
    const scores = new Map<string, Score>();
    for (const [name, create] of Object.entries(policies))
      scores.set(name, await simulate({ world, policy: create(), callsPerDay, scoredFrom, longestDelay }));
    if (options.hasShops)
      for (const [name, score] of await simulateModel(world, { callsPerDay, pages, shops }))
        scores.set(name, score);
    scores.set('the product', await scoreObservations(world, observations, indexOf));
    return {
      scores,
      calls: {
        search: calls.reduce((sum, { search }) => sum + search, 0),
        shop: calls.reduce((sum, { shop }) => sum + shop, 0),
        detail: calls.reduce((sum, { detail }) => sum + detail, 0),
        maxOnADay: Math.max(...calls.map(({ search, shop, detail }) => search + shop + detail)),
      },
    };
  } finally {
    await stack.close();
  }
}
