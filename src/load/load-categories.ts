import { advisoryLocks, lockUntilCommit } from '../db/advisory-locks.ts';
import type { LoadableCategory } from '../model/catalog.ts';
import type { CategoryRecord } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import { recordVisits } from '../refresh/update/record-visits.ts';
import type { LoadContext } from './load-context.ts';
import {
  compareObservations,
  observationKey,
  uniqueBy,
  type ObservationKey,
} from '../refresh/update/offer-freshness.ts';
import { applySql, runSql } from '../db/sql-file.ts';

/** The virtual node above the roots: it has no row. */
const aboveRoots = '0';

interface Statement {
  readonly category_id: string;
  readonly parent_id: string | null;
  readonly level: number | null;
  readonly name_zh: string | null;
  readonly name_translated: string | null;
  readonly is_leaf: boolean | null;
  readonly is_retired: boolean;
}

interface WrittenNode {
  readonly category_id: string;
  readonly is_moved: boolean;
}

function toStatement(record: CategoryRecord): Statement {
  return {
    category_id: record.categoryId,
    // A node below itself would be refused, and its whole answer with it.
    parent_id: record.parentId === record.categoryId ? null : record.parentId,
    level: record.level,
    name_zh: record.nameZh,
    name_translated: record.nameTranslated,
    is_leaf: record.isLeaf,
    is_retired: record.isRetired,
  };
}

/** What an answer states of category nodes, each once. */
function listStatements({ record }: LoadableCategory): Statement[] {
  const nodes = record === null ? [] : [...(record.node === null ? [] : [record.node]), ...record.children];
  return uniqueBy(nodes, ({ categoryId }) => categoryId)
    .filter(({ categoryId }) => categoryId !== aboveRoots)
    .map(toStatement);
}

/** Merges statements, field by field, the newest wins. The lock of the tree must be held. */
async function mergeStatements(
  { client, replay }: LoadContext,
  statements: readonly Statement[],
  key: ObservationKey,
): Promise<void> {
  if (statements.length === 0) return;
  const named = statements.flatMap(({ category_id, parent_id }) => [category_id, parent_id ?? aboveRoots]);
  const ids = [...new Set(named)].filter((id) => id !== aboveRoots);
  await applySql(client, readSql('ensure-categories'), [ids, key.at, key.callId]);
  const rows = await runSql<WrittenNode>(client, readSql('merge-categories'), [
    JSON.stringify(statements),
    key.at,
    key.callId,
    replay !== null,
  ]);
  for (const row of rows) replay?.correction.categories.add(row.category_id);
  const movedIds = rows.filter((row) => row.is_moved).map((row) => row.category_id);
  if (movedIds.length > 0) await applySql(client, readSql('update-category-paths'), [movedIds]);
}

/**
 * Loads category answers. Each field of a node is what was stated of it last, whoever stated it: its own answer
 * or that of the node above. One load at a time: paths follow from the whole tree, and the tree is small.
 *
 * @returns the ids of the nodes that the answers list below those that were asked for
 */
export async function loadCategories(
  context: LoadContext,
  answers: readonly LoadableCategory[],
): Promise<Set<string>> {
  const { client, replay } = context;
  await lockUntilCommit(client, advisoryLocks.categoryTree);
  const listed = new Set<string>();
  const inOrder = answers.toSorted((a, b) =>
    compareObservations(observationKey(a.provenance), observationKey(b.provenance)),
  );
  for (const answer of inOrder) {
    for (const { categoryId } of answer.record?.children ?? []) listed.add(categoryId);
    await mergeStatements(context, listStatements(answer), observationKey(answer.provenance));
  }
  if (replay === null) await recordVisits(client, answers);
  return listed;
}
