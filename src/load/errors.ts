import { defineErrors } from '../core/errors.ts';

/** Errors of search answers that do not hold what they say. */
export const loadErrors = defineErrors({
  SEARCH_TRUNCATED: {
    origin: '1688',
    recovery: 'skip',
    remedy:
      'The search reports more records than it returns. Check usage.search_coverage. If this continues, narrow the searches of the feed in catalog-sync.yaml.',
  },
  SEARCH_PAGE_REPEATED: {
    origin: '1688',
    recovery: 'skip',
    remedy:
      'The search returned the same offers on two pages in a row. If every search of that API does so, check its name under `apis` of catalog-sync.yaml.',
  },
  ANSWERS_SUSPECT: {
    origin: '1688',
    recovery: 'skip',
    remedy:
      'Many searches list less than half of what they did, or many details are empty. catalog-sync does not believe this: no offer becomes missing or gone. Compare some of the searches with the site of 1688, and try `catalog-sync doctor --probe`. catalog-sync believes a search that stays like this for 7 days.',
  },
  SEARCH_BOUNDS_IGNORED: {
    origin: '1688',
    recovery: 'skip',
    remedy:
      'Only the first 2,000 records of the search can be read. Narrow it by category or keyword in catalog-sync.yaml to reach more.',
  },
});
