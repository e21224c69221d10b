import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { createScripts } from './page-policies.ts';
import { PlannerPolicy } from './planner-policy.ts';
import type { ResultPages } from './result-pages.ts';
import { readPages } from './sandbox-pages.ts';
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

const syncFileOf = ({ offers, hasShops }: EndToEndOptions) => `
account: business
feeds:
  - { name: all, categories: ["0"], max_offers: ${String(2 * offers)} }
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

/**
 * Importance by sales, 1 for the mean of the offers that the first sync found. What it did not find is listed by no search: nobody
 * knows it, and it has no weight.
 */
async function weighOffers(
  stack: Stack,
  { indexOf, popularity, world }: ReturnType<typeof readSandboxWorld>,
): Promise<Float64Array> {
  const found = await stack.query<{ offer_id: string }>('SELECT offer_id FROM sync.refresh');
  const known = new Set(found.flatMap(({ offer_id: id }) => indexOf.get(id) ?? []));
  const mean = [...known].reduce((sum, offer) => sum + (popularity[offer] ?? 0), 0) / known.size;
  const isBorn = (offer: number) => (world.lives?.bornAt[offer] ?? -Infinity) > 0;
  return popularity.map((raw, offer) => (known.has(offer) || isBorn(offer) ? raw / mean : 0));
}

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
export async function runEndToEnd(request: EndToEndOptions, show: (text: string) => void): Promise<EndToEnd> {
  const { offers, quota, seed, repricing } = request;
  const nature = { repricing };
  const callsPerDay = Math.round(quota * offers);
  const syncFile = syncFileOf(request);
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
    const options = { seed, offers, categories, days, nature, startAt: stack.startAt, hasBirths: true };
    const found = readSandboxWorld(options);
    const world = { ...found.world, weights: await weighOffers(stack, found) };
    const { indexOf, shops } = found;
    const pages = await readPages(stack, options, world.offers);
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
    if (request.hasShops)
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
