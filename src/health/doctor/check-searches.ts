import type { Pool } from 'pg';
import { createStatusStore } from '../status-store.ts';
import { warn, type Check } from './check.ts';

/** Named one by one; `status` has more of them. */
const named = 3;

/** Searches that list less than there is, or not what they say; empty when there are none. */
export async function checkSearches(pool: Pool): Promise<Check[]> {
  const searches = await createStatusStore({ pool }).listTroubledSearches(named + 1);
  if (searches.length === 0) return [];
  const names = searches.slice(0, named).map(({ feed, search }) => `${search} (${feed})`);
  const others = searches.length > named ? ' and others' : '';
  return [
    warn(
      'searches',
      `not listed in full: ${names.join(', ')}${others}`,
      '`catalog-sync status` says why. Narrower categories or keywords in catalog-sync.yaml reach what is capped.',
    ),
  ];
}
