import type { ResultPages } from './result-pages.ts';
import type { Policy } from './simulate.ts';
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
        const offers = pages.list(page);
        const changed = site.fetchPage(offers);
        if (changed) offers.forEach((offer, row) => changed[row] && flagged.add(offer));
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
