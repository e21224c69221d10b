import { locks, lockUntilCommit } from '../db/locks.ts';
import type { LoadableCategory } from '../model/catalog.ts';
import type { CategoryRecord, Reject } from '../model/records.ts';
import { readSql } from './read-sql.ts';
import { recordVisits } from '../refresh/update/record-visits.ts';
import type { LoadContext } from './load-context.ts';
import { compareObservations, observationKey, uniqueBy } from '../refresh/update/offer-freshness.ts';
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

interface MergedNode {
  readonly category_id: string;
  readonly is_written: boolean;
  readonly is_moved: boolean;
  readonly is_circle: boolean;
}

function toStatement(record: CategoryRecord): Statement {
  return {
    category_id: record.categoryId,
    parent_id: record.parentId,
    level: record.level,
    name_zh: record.nameZh,
    name_translated: record.nameTranslated,
    is_leaf: record.isLeaf,
    is_retired: record.isRetired,
  };
}

/** The category nodes of an answer, each once: the node itself first, because its children belong below it. */
function listRecords({ record }: LoadableCategory): CategoryRecord[][] {
  if (record === null) return [];
  const { node, children } = record;
  const below = uniqueBy(children, ({ categoryId }) => categoryId).filter(
    ({ categoryId }) => categoryId !== node?.categoryId,
  );
  return [node === null ? [] : [node], below].map((records) =>
    records.filter(({ categoryId }) => categoryId !== aboveRoots),
  );
}

/** The reject, at the id of a child, or at the parent that a node names. */
function toReject({ categoryId, parentId, parentPath }: CategoryRecord, asked: string): Reject {
  return { path: parentPath, reason: 'cycle', sample: categoryId === asked ? parentId : categoryId };
}

/**
 * Merges what an answer states of nodes that have one parent, field by field; the newest statement wins. The lock of the tree must be
 * held.
 *
 * @returns the places that it refuses because they would make the tree a cycle
 */
async function mergeRecords(
  { client, replay }: LoadContext,
  records: readonly CategoryRecord[],
  { categoryId: asked, provenance }: LoadableCategory,
): Promise<Reject[]> {
  if (records.length === 0) return [];
  const key = observationKey(provenance);
  const statements = records.map(toStatement);
  const named = statements.flatMap(({ category_id, parent_id }) => [category_id, parent_id ?? aboveRoots]);
  const ids = [...new Set(named)].filter((id) => id !== aboveRoots);
  await applySql(client, readSql('ensure-categories'), [ids, key.at, key.callId]);
  const rows = await runSql<MergedNode>(client, readSql('merge-categories'), [
    JSON.stringify(statements),
    key.at,
    key.callId,
    replay !== null,
  ]);
  for (const row of rows) if (row.is_written) replay?.correction.categories.add(row.category_id);
  const movedIds = rows.filter((row) => row.is_moved).map((row) => row.category_id);
  if (movedIds.length > 0) await applySql(client, readSql('update-category-paths'), [movedIds]);
  const refused = new Set(rows.filter((row) => row.is_circle).map((row) => row.category_id));
  return records.filter(({ categoryId }) => refused.has(categoryId)).map((record) => toReject(record, asked));
}

export interface LoadedCategories {
  /** The nodes that the answers list below the requested ones. */
  readonly listed: ReadonlySet<string>;
  /** Unusable values beyond those that the readers of the answers rejected, by raw id. */
  readonly rejects: ReadonlyMap<string, readonly Reject[]>;
}

/**
 * Loads category answers. Each field of a node is what was stated of it last, by its own answer or by that of the node above. A node
 * never belongs below itself: a statement that would close a cycle is rejected. One load at a time, because paths follow from the whole
 * tree, and the tree is small.
 */
export async function loadCategories(
  context: LoadContext,
  answers: readonly LoadableCategory[],
): Promise<LoadedCategories> {
  const { client, replay } = context;
  await lockUntilCommit(client, locks.categoryTree);
  const listed = new Set<string>();
  const rejects = new Map<string, Reject[]>();
  const inOrder = answers.toSorted((a, b) =>
    compareObservations(observationKey(a.provenance), observationKey(b.provenance)),
  );
  for (const answer of inOrder) {
    for (const { categoryId } of answer.record?.children ?? []) listed.add(categoryId);
    const refused: Reject[] = [];
    for (const records of listRecords(answer))
      refused.push(...(await mergeRecords(context, records, answer)));
    rejects.set(answer.provenance.rawId, refused);
  }
  if (replay === null) await recordVisits(client, answers);
  return { listed, rejects };
}
