import { desc, isNotNull } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { run } from '../../schema/sync.ts';
import { createStatusStore } from '../status-store.ts';
import { warn, type Check } from './check.ts';

/** Named one by one; `status` has more of them. */
const shown = 3;

/** Whether the newest run did not believe its answers. */
async function checkAnswers(pool: Pool): Promise<Check[]> {
  const [newest] = await drizzleOn(pool)
    .select({ runId: run.runId, cause: run.cause })
    .from(run)
    .where(isNotNull(run.endedAt))
    .orderBy(desc(run.runId))
    .limit(1);
  if (newest?.cause !== 'ANSWERS_SUSPECT') return [];
  return [
    warn(
      'answers',
      `run ${newest.runId} did not believe its answers: many searches shrank, or many details were empty`,
      'Compare some searches with the site of 1688. No offer becomes missing or gone meanwhile: docs/errors.md, ANSWERS_SUSPECT.',
    ),
  ];
}

/** Searches that list less than there is, or not what they say, and answers that were not believed. */
export async function checkSearches(pool: Pool): Promise<Check[]> {
  return [...(await checkAnswers(pool)), ...(await checkKeywords(pool)), ...(await checkListing(pool))];
}

/** Whether 1688 refused to search a category without a keyword. */
async function checkKeywords(pool: Pool): Promise<Check[]> {
  const named = await createStatusStore({ pool }).findNamedSearches();
  if (named === null) return [];
  const searches =
    named.searches === 1 ? '1 search uses' : `${named.searches.toLocaleString('en')} searches use`;
  return [
    warn(
      'keywords',
      `1688 refused to search a category without a keyword: ${searches} the name of the category`,
      'Such a search lists only offers that match the name. Add keywords to catalog-sync.yaml for the others: docs/1688.md.',
    ),
  ];
}

async function checkListing(pool: Pool): Promise<Check[]> {
  const searches = await createStatusStore({ pool }).listTroubledSearches(shown + 1);
  if (searches.length === 0) return [];
  const names = searches.slice(0, shown).map(({ feed, search }) => `${search} (${feed})`);
  const others = searches.length > shown ? ' and others' : '';
  return [
    warn(
      'searches',
      `not listed in full: ${names.join(', ')}${others}`,
      '`catalog-sync status` says why. Narrower categories or keywords in catalog-sync.yaml reach what is capped.',
    ),
  ];
}
