import type { JsonValue } from '../core/json.ts';
import type { CategoryAnswer, CategoryRecord, Normalized } from '../model/records.ts';
import { isRetiredName, readChildId, virtualRoot, type ParentNode } from './category-tree.ts';
import { openPayload, type FieldReader } from './reading/field-reader.ts';
import { Findings } from './reading/findings.ts';
import { isZero, parseCategoryId } from './values/parse-id.ts';
import { categoryGetShape } from './wire/category-get.ts';
import { findDrifts } from './wire/find-drifts.ts';

/**
 * Reads the whole answer of `alibaba.category.get` (`{succes, categoryInfo}`) to a request for `categoryId`. For `'0'` it gives
 * the roots and no node. An answer to any other request must have the requested node, or the record is null.
 */
export function normalizeCategory(categoryId: string, payload: JsonValue): Normalized<CategoryAnswer> {
  const findings = new Findings();
  const answer = openPayload(payload, findings);
  return {
    record: answer && (categoryId === virtualRoot ? readRoots(answer) : readBranch(categoryId, answer)),
    rejects: findings.rejects,
    drifts: findDrifts(payload, categoryGetShape),
  };
}

/** No sample of this answer is public, so the roots are read both as elements and as children of a virtual element. */
function readRoots(answer: FieldReader): CategoryAnswer | null {
  const elements = requireElements(answer);
  if (!elements) return null;
  const parent: ParentNode = { categoryId: virtualRoot, parentId: null, level: 0 };
  const seen = new Set<string>();
  const children = elements.flatMap((row) => {
    const id = row.raw('categoryID') ?? null;
    const isVirtual = id === null || isZero(id);
    return isVirtual ? readChildren(row, parent, seen) : (readChild(row, 'categoryID', parent, seen) ?? []);
  });
  return { node: null, children };
}

function readBranch(categoryId: string, answer: FieldReader): CategoryAnswer | null {
  const seen = new Set<string>();
  // Checks every element, so that each one that is left out is rejected.
  const [element] = requireElements(answer)?.filter((row) => isElementOf(categoryId, row, seen)) ?? [];
  if (!element) return null;
  const node = readNode(categoryId, element);
  return { node, children: readChildren(element, node, new Set()) };
}

/** The elements that are objects; null, with a reject, when there is no list or it is empty. */
function requireElements(answer: FieldReader): readonly FieldReader[] | null {
  const items = answer.list('categoryInfo');
  if (!items) return null;
  if (items.length > 0) return items.flatMap((item) => item.asRow() ?? []);
  answer.reject('categoryInfo', 'empty');
  return null;
}

function isElementOf(categoryId: string, row: FieldReader, seen: Set<string>): boolean {
  const id = row.uniqueId('categoryID', seen);
  if (id !== null && id !== categoryId) row.reject('categoryID', 'another_id');
  return id === categoryId;
}

function readNode(categoryId: string, row: FieldReader): CategoryRecord {
  const parentId = readParentId(categoryId, row);
  // Older answers leave the level out; below the virtual root it is known anyway.
  const level = row.smallCount('level') ?? (parentId === virtualRoot ? 1 : null);
  return { ...readNames(categoryId, row), parentId, parentPath: row.pathOf('parentIDs[0]'), level };
}

function readParentId(categoryId: string, row: FieldReader): string | null {
  const first = row.list('parentIDs')?.[0];
  if (!first) return null;
  const parentId = parseCategoryId(first.value);
  if (parentId === null) first.reject('not_an_id');
  else if (parentId === categoryId) first.reject('cycle');
  return parentId === categoryId ? null : parentId;
}

function readChildren(row: FieldReader, parent: ParentNode, seen: Set<string>): readonly CategoryRecord[] {
  return row.rows('childCategorys').flatMap((child) => readChild(child, 'id', parent, seen) ?? []);
}

function readChild(
  row: FieldReader,
  idKey: 'id' | 'categoryID',
  parent: ParentNode,
  seen: Set<string>,
): CategoryRecord | null {
  const categoryId = readChildId(row, idKey, parent, seen);
  if (categoryId === null) return null;
  const level = parent.level === null ? null : parent.level + 1;
  return {
    ...readNames(categoryId, row),
    ...{ parentId: parent.categoryId, parentPath: row.pathOf(idKey), level },
  };
}

function readNames(
  categoryId: string,
  row: FieldReader,
): Omit<CategoryRecord, 'parentId' | 'parentPath' | 'level'> {
  const nameZh = row.text('name');
  return {
    categoryId,
    nameZh,
    nameTranslated: null,
    isLeaf: row.flag('isLeaf'),
    isRetired: isRetiredName(nameZh),
  };
}
