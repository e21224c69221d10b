import type { ResultPages } from './result-pages.ts';
import { takeBest } from '../../src/refresh/planner/take-best.ts';
import type { Policy } from './simulate.ts';
import type { RowObservation, Site } from './site.ts';
import type { World } from './world.ts';

/**
 * The obvious way to use search pages: a share of the calls goes round all of them, the rest fetches the details of
 * what they show to have changed, the heaviest first, and then the oldest ones.
 */
export function createSweep(world: World, pages: ResultPages, share: number): Policy {
  const flagged = new Set<number>();
  let [page, owed] = [0, 0];
  return {
    spend: async (site, calls) => {
      owed += share * calls;
      let left = calls;
      for (; owed >= 1 && left > 0; owed -= 1, left -= 1) {
        const offers = pages.list(page, site.day);
        const rows = site.fetchPage(offers);
        if (rows) offers.forEach((offer, row) => rows[row]?.isChanged && flagged.add(offer));
        page = (page + 1) % pages.members.length;
      }
      const heaviest = [...flagged].sort((a, b) => (world.weights[b] ?? 0) - (world.weights[a] ?? 0));
      const follow = heaviest.slice(0, left);
      const oldest =
        follow.length === left
          ? []
          : [...site.detailAt.keys()]
              .filter((offer) => !flagged.has(offer))
              .sort((a, b) => (site.detailAt[a] ?? 0) - (site.detailAt[b] ?? 0));
      for (const offer of [...follow, ...oldest].slice(0, left)) {
        if (site.fetchDetail(offer)) flagged.delete(offer);
      }
    },
  };
}

interface ScriptOptions {
  /** Days from one reading of all pages to the next. */
  readonly everyDays: number;
  /** Details of new rows come first, and of those that show another price, or another price or date; default: of none. */
  readonly follows?: 'prices' | 'prices and dates';
}

/**
 * What a user would write: at midnight it begins to read all pages, every so many days; then it fetches details of the rows
 * that are new or differ from those before, in their order, and after these the oldest details. It knows no offer but those that
 * pages list, and no weights, and learns nothing.
 */
function createScript(pages: ResultPages, { everyDays, follows }: ScriptOptions): Policy {
  const changed = new Set<number>();
  const listed = new Set(pages.members.flat());
  const isFollowed = ({ isNew, isPriceMoved, isDateMoved }: RowObservation) =>
    follows !== undefined && (isNew || isPriceMoved || (isDateMoved && follows === 'prices and dates'));
  let [nextPage, beganOn] = [0, -Infinity];
  const readPages = (site: Site, calls: number) => {
    const day = Math.floor(site.day);
    if (nextPage >= pages.members.length && day >= beganOn + everyDays) nextPage = 0;
    if (nextPage === 0) beganOn = day;
    let left = calls;
    for (; nextPage < pages.members.length && left > 0; nextPage += 1) {
      const offers = pages.list(nextPage, site.day);
      // The page before said how many there are.
      if (offers.length === 0) continue;
      left -= 1;
      const rows = site.fetchPage(offers) ?? [];
      for (const [row, offer] of offers.entries()) {
        listed.add(offer);
        const observation = rows[row];
        if (observation && isFollowed(observation)) changed.add(offer);
      }
    }
    return calls - left;
  };
  return {
    spend: async (site, calls) => {
      const left = calls - readPages(site, calls);
      const first = [...changed].slice(0, left);
      const fetchedAt = (offer: number) => site.detailAt[offer] ?? 0;
      const oldest = takeBest(
        [...listed]
          .filter((offer) => !changed.has(offer))
          // Never fetched is the oldest.
          .map((offer) => ({ offer, value: fetchedAt(offer) === Infinity ? Infinity : -fetchedAt(offer) })),
        left - first.length,
      );
      for (const offer of [...first, ...oldest.map((found) => found.offer)])
        if (site.fetchDetail(offer)) changed.delete(offer);
    },
  };
}

/** What the product must beat: scripts that read all pages every day, or every third. */
const scripts: Readonly<Record<string, ScriptOptions>> = {
  script: { everyDays: 1 },
  'script+': { everyDays: 1, follows: 'prices' },
  'script+, every third day': { everyDays: 3, follows: 'prices' },
  'script+ by dates too': { everyDays: 1, follows: 'prices and dates' },
  'script+ by dates too, every third day': { everyDays: 3, follows: 'prices and dates' },
};

export const scriptNames = Object.keys(scripts);

/** Makes each of them, with pages of its own. */
export function createScripts(pages: () => ResultPages): Record<string, () => Policy> {
  return Object.fromEntries(
    Object.entries(scripts).map(([name, options]) => [name, () => createScript(pages(), options)]),
  );
}
