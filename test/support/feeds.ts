import type { Feed } from '../../src/model/sync-config.ts';

/** A feed that asks for nothing but what is given. */
export const feedOf = (name: string, part: Partial<Feed> = {}): Feed => ({
  ...{ name, categories: [], keywords: [], sellers: [], images: [], offers: [], boosts: [] },
  ...{ offersFile: null, maxOffers: null, maxPages: null },
  ...{ priceMinCny: null, priceMaxCny: null, weight: 1, ...part },
});
