import { defineErrors } from '../core/errors.ts';

/** What search answers can do that is not as they say. */
export const loadErrors = defineErrors({
  SEARCH_TRUNCATED: {
    recovery: 'skip',
    remedy:
      'The search says that it has more than it shows. Look at usage.search_coverage; if its feed goes on like that, narrow its searches in catalog-sync.yaml.',
  },
  SEARCH_PAGE_REPEATED: {
    recovery: 'skip',
    remedy:
      'The search gave the same offers for two pages on. If every search of that API does, check its name under `apis` of catalog-sync.yaml.',
  },
  SEARCH_BOUNDS_IGNORED: {
    recovery: 'skip',
    remedy:
      'The search is read as far as one query lists, 2,000 records. Narrow it by category or keyword in catalog-sync.yaml to reach more.',
  },
});
