import type { World } from './world.ts';
import { createWorldRandom } from './world-random.ts';

/** The search pages of a world: which offers each is expected to list, and what it lists when it is asked. */
export interface ResultPages {
  readonly members: readonly (readonly number[])[];
  /** The offers on a page on a day: others have slipped in where some of the expected ones have moved away. */
  list(page: number, day: number): number[];
}

export interface PageOptions {
  readonly pageSize: number;
  /** Share of offers that some page lists. */
  readonly reach: number;
  /** Share of a page that is other than expected at each visit. */
  readonly replaced: number;
  readonly seed: number;
}

export function createResultPages(world: World, options: PageOptions): ResultPages {
  const random = createWorldRandom(options.seed);
  const reachable = Array.from({ length: world.offers }, (_, offer) => offer).filter(
    () => random.uniform() < options.reach,
  );
  const count = Math.ceil(reachable.length / options.pageSize);
  const members = Array.from({ length: count }, (_, page) =>
    reachable.slice(page * options.pageSize, (page + 1) * options.pageSize),
  );
  const other = () => reachable[random.integer(reachable.length)] ?? 0;
  return {
    members,
    list: (page) => {
      const kept = (members[page] ?? []).map((offer) =>
        random.uniform() < options.replaced ? other() : offer,
      );
      return [...new Set(kept)];
    },
  };
}
