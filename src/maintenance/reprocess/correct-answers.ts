import type { LoadableAnswer } from '../../model/catalog.ts';
import { toQuarantineRows } from '../../load/record-answers.ts';
import { readSql } from '../read-sql.ts';
import { filterErased } from '../../load/erase/filter-erased.ts';
import { correctCategories } from './correct-categories.ts';
import { correctDetails } from './correct-details.ts';
import { correctSearchPages } from './correct-search-pages.ts';
import type { CorrectionDeps } from './correction.ts';

/** Rows of quarantine that are settled by today's reading, and that it adds. */
export interface QuarantineChange {
  readonly resolved: number;
  readonly added: number;
}

async function correctQuarantine(
  { client }: CorrectionDeps,
  rawIds: readonly string[],
  answers: readonly LoadableAnswer[],
): Promise<QuarantineChange> {
  const { rows } = await client.query<QuarantineChange>(readSql('correct-quarantine'), [
    rawIds,
    JSON.stringify(answers.flatMap(toQuarantineRows)),
  ]);
  return rows[0] ?? { resolved: 0, added: 0 };
}

/**
 * Makes the catalog what today's code reads in stored answers of one operation, and notes which version read them.
 * Answers that read as they did change nothing, and what they say of erased sellers is left out. Counts of drifts and of what calls brought stay as they are.
 */
export async function correctAnswers(
  deps: CorrectionDeps,
  given: readonly LoadableAnswer[],
): Promise<QuarantineChange> {
  const { answers, erase } = await filterErased(deps.client, given);
  const hand = new Map(answers.map((answer) => [answer.provenance.rawId, answer]));
  const categories = answers.filter((answer) => answer.kind === 'category');
  const pages = answers.filter((answer) => answer.kind === 'search');
  const offers = answers.filter((answer) => answer.kind === 'detail');
  if (categories.length > 0) await correctCategories(deps, categories);
  if (pages.length > 0) await correctSearchPages(deps, pages, hand);
  if (offers.length > 0) await correctDetails(deps, offers, hand);
  const rawIds = [...hand.keys()];
  const change = await correctQuarantine(deps, rawIds, answers);
  await erase();
  await deps.client.query(
    `UPDATE raw.payload SET normalizer_version = $2
     WHERE raw_id = ANY ($1::bigint[]) AND normalizer_version IS DISTINCT FROM $2`,
    [rawIds, deps.normalizerVersion],
  );
  return change;
}
