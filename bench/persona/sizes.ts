import { createScripts } from '../planner/page-policies.ts';
import type { ResultPages } from '../planner/result-pages.ts';
import { readPages } from '../planner/sandbox-pages.ts';
import { readSandboxWorld } from '../planner/sandbox-world.ts';
import { simulate, type Policy } from '../planner/simulate.ts';
import type { Site } from '../planner/site.ts';
import type { World } from '../planner/world.ts';
import { table } from '../support/numbers.ts';
import { say } from '../support/say.ts';
import { openStack, type Stack } from '../support/stack.ts';
import { meanCondition, readCopies, toCondition, type Condition, type Copy } from './copies.ts';

const sizes = [2000, 5000, 10_000] as const;
/** Of a personal account, for each API. */
const callsPerDay = 500;
const days = 30;
/** In which ages have settled: the first pass of the largest takes 20 days. */
const measuredFrom = 22;
/** A pass counts as full before the last of the offers that came while it went on. */
const fullShare = 0.99;
/** Long before the world began: nobody has fetched it. */
const neverDay = -10_000;

const syncFile = `
account: personal
feeds:
  - { name: all, categories: ["0"] }
quotas: { per_second: 1000 }
`;

interface Result {
  readonly firstPassDays: number;
  readonly condition: Condition;
}

/** Follows the days of one catalog, from nothing. */
function createDiary(world: World, offers: number) {
  const conditions: Condition[] = [];
  let firstPassDays = Infinity;
  return {
    /** @param day that has begun, from 0; @param copies those that there are at its noon */
    note: (day: number, copies: readonly Copy[]) => {
      if (copies.length >= fullShare * offers) firstPassDays = Math.min(firstPassDays, day + 1);
      if (day >= measuredFrom) conditions.push(toCondition(copies, world));
    },
    result: (): Result => ({ firstPassDays, condition: meanCondition(conditions) }),
  };
}

async function followProduct(
  stack: Stack,
  { world, indexOf }: ReturnType<typeof readSandboxWorld>,
): Promise<Result> {
  const copiesByDay: Copy[][] = [];
  for (let day = 0; day < days; day += 1) {
    if (day > 0) await stack.advanceDays(1);
    await stack.sync();
    copiesByDay.push(await readCopies(stack, indexOf));
  }
  // Of those that some search lists; the others are known to nobody.
  const diary = createDiary(world, copiesByDay.at(-1)?.length ?? 0);
  for (const [day, copies] of copiesByDay.entries()) diary.note(day, copies);
  return diary.result();
}

/** The scripts read all pages and fetch details once a day, as the product does. */
const scripts = ['script+', 'script+ by dates too'] as const;

interface ScriptedWorld {
  readonly world: World;
  readonly known: readonly number[];
  readonly pages: ResultPages;
}

async function followScript(
  { world, known, pages }: ScriptedWorld,
  name: (typeof scripts)[number],
): Promise<Result> {
  const diary = createDiary(world, known.length);
  const script = createScripts(() => pages)[name]?.();
  const readAt = (site: Site) =>
    known.flatMap((offer): Copy[] => {
      const detailDay = site.detailAt[offer] ?? neverDay;
      return detailDay === neverDay
        ? []
        : [{ offer, weight: world.weights[offer] ?? 0, detailDay, nowDay: site.day }];
    });
  const policy: Policy = {
    spend: async (site) => {
      if (site.day % 1 === 0) await script?.spend(site, site.callsLeft);
      if (site.day % 1 === 0.5) diary.note(Math.floor(site.day), readAt(site));
    },
  };
  const calls = { callsPerDay: pages.members.length + callsPerDay, scoredFrom: days };
  await simulate({ world, policy, ...calls });
  return diary.result();
}

const cells = (name: string, offers: number, { firstPassDays, condition }: Result) => [
  offers.toLocaleString('en'),
  name,
  Number.isFinite(firstPassDays) ? String(firstPassDays) : `not in ${String(days)}`,
  condition.medianDays.toFixed(1),
  condition.p90Days.toFixed(1),
  `${(100 * condition.right).toFixed(1)} %`,
  `${(100 * condition.weightedRight).toFixed(1)} %`,
];

async function compareAt(offers: number): Promise<string[][]> {
  const size = { offers, categories: 100, seed: 1 };
  const stack = await openStack({ backend: 'postgres', isDrifting: false, syncFile, ...size });
  try {
    const options = { ...size, startAt: stack.startAt, days: days + 1 };
    const found = readSandboxWorld(options);
    const truth = {
      ...found,
      world: { ...found.world, copiedAt: new Float64Array(offers).fill(neverDay) },
    };
    const product = await followProduct(stack, truth);
    const known = await readCopies(stack, truth.indexOf);
    const weights = new Float64Array(offers);
    for (const { offer, weight } of known) weights[offer] = weight;
    const pages = await readPages(stack, options, offers);
    if (pages.members.length > callsPerDay)
      throw new Error(`${String(pages.members.length)} pages are more than a day has calls`);
    const listed = known.map(({ offer }) => offer);
    const scripted = { world: { ...truth.world, weights }, known: listed, pages };
    const rows = [cells('catalog-sync', offers, product)];
    for (const name of scripts) rows.push(cells(name, offers, await followScript(scripted, name)));
    return rows;
  } finally {
    await stack.close();
  }
}

/** A personal account with three sizes of catalog, beside the best thing that a script does: all pages, then what they show changed. */
export async function compareSizes(): Promise<void> {
  const rows: string[][] = [];
  for (const offers of sizes) {
    rows.push(...(await compareAt(offers)));
    say(`${offers.toLocaleString('en')} offers are done`);
  }
  const heads = [
    'offers',
    'who',
    'days to first pass',
    'median age, d',
    '9 of 10, d',
    'right',
    'by importance',
  ];
  say(`\n${table(heads, rows)}`);
}
