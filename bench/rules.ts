/*
 * What two rules of a run cost and bring, each beside another rule in the same worlds of the sandbox:
 *
 *   details    a detail explains a changed row only if it has its price; other rule: if it found any change
 *   searches   the first pass over a list that moved is read again; other rule: it is read once
 *
 *   npm run bench:rules                        both, seeds 1 to 4
 *   npm run bench:rules -- --only details --seeds 2
 *
 * Exits 1 if a bar is not met: details per change at most 1.05 times those by the other rule, and no changed row without a detail where
 * rows show its price and calls are left; at least 99.5 % of the listed offers found.
 */
import { parseArgs } from 'node:util';
import { learnObservation } from '../src/refresh/planner/learn-observation.ts';
import { advanceWindow } from '../src/refresh/searches/advance-window.ts';
import { useDetails, type DetailUse, type DetailWorld } from './rules/details.ts';
import { explainByAnyChange, readOnce } from './rules/other-rules.ts';
import { useSearches } from './rules/searches.ts';
import { sum, table } from './support/numbers.ts';
import { say } from './support/say.ts';

const { values: flags } = parseArgs({
  options: { only: { type: 'string' }, seeds: { type: 'string', default: '4' } },
});
const seeds = Array.from({ length: Number(flags.seeds) }, (_, index) => index + 1);
const breaches: string[] = [];

/** Rows alone make details due. */
const byRows = { freshness: { search: '12h', detail: '300d' } };
/** Details come by their age too, more often than searches, as far as the calls go. */
const byAge = { freshness: { search: '44h', detail: '20h' }, budgetCalls: 60 };
const [same, other] = [{ rowPrice: 0 }, { rowPrice: 1 }];

const worlds: readonly DetailWorld[] = [
  { name: "the detail's price in rows, details by rows", nature: same, ...byRows },
  { name: 'another price in rows, details by rows', nature: other, ...byRows },
  { name: "the detail's price in rows, details by age", nature: same, ...byAge },
  { name: 'another price in rows, details by age', nature: other, ...byAge },
];

function addUses(uses: readonly DetailUse[]): DetailUse {
  const of = (name: keyof DetailUse) => sum(uses.map((use) => use[name]));
  return {
    ...{ details: of('details'), changes: of('changes') },
    ...{ changedRows: of('changedRows'), unfollowed: of('unfollowed') },
  };
}

function detailRow(world: DetailWorld, own: DetailUse, other: DetailUse): string[] {
  const [perChange, otherPerChange] = [own, other].map(({ details, changes }) => details / changes);
  const ratio = (perChange ?? NaN) / (otherPerChange ?? NaN);
  if (!(ratio <= 1.05)) breaches.push(`${world.name}: ${ratio.toFixed(3)} times the details per change`);
  if (world.budgetCalls === undefined && world.nature === same && own.unfollowed > 0)
    breaches.push(`${world.name}: ${own.unfollowed} changed rows without a detail`);
  const unfollowed = [own, other].map((use) => `${use.unfollowed} of ${use.changedRows}`);
  const counts = [own, other].map(({ details, changes }) => `${details} / ${changes}`);
  return [world.name, ...counts, ratio.toFixed(3), ...unfollowed];
}

async function measureDetails(): Promise<void> {
  const rows: string[][] = [];
  for (const world of worlds) {
    const own: DetailUse[] = [];
    const others: DetailUse[] = [];
    for (const seed of seeds) {
      own.push(await useDetails(world, seed, learnObservation));
      others.push(await useDetails(world, seed, explainByAnyChange));
    }
    rows.push(detailRow(world, addUses(own), addUses(others)));
  }
  const head = ['world', 'details / changes', 'other rule', 'per change, of the other'];
  say(`\n${table([...head, 'changed rows without a detail', 'other rule'], rows)}`);
}

async function measureSearches(): Promise<void> {
  const rows: string[][] = [];
  for (const seed of seeds) {
    const [own, other] = [await useSearches(seed, advanceWindow), await useSearches(seed, readOnce)];
    const share = own.missed / own.listed;
    if (share > 0.005) breaches.push(`seed ${seed}: ${own.missed} of ${own.listed} offers missed`);
    const percent = [own, other].map(
      ({ missed, listed }) => `${missed} (${((100 * missed) / listed).toFixed(2)} %)`,
    );
    rows.push([String(seed), String(own.listed), ...percent, String(own.pages), String(other.pages)]);
  }
  say(`\n${table(['seed', 'offers', 'missed', 'other rule', 'pages', 'other rule'], rows)}`);
}

if (flags.only !== 'searches') await measureDetails();
if (flags.only !== 'details') await measureSearches();
for (const breach of breaches) say(`BREACH ${breach}`);
process.exitCode = breaches.length === 0 ? 0 : 1;
