import type { JsonValue } from '../core/json.ts';
import type { CategoryAnswer, CategoryRecord, Normalized } from '../model/records.ts';
import { isRetiredName, readChildId, virtualRoot, type ParentNode } from './category-tree.ts';
import { openPayload, type FieldReader } from './reading/field-reader.ts';
import { Findings } from './reading/findings.ts';
import { isZero, parseCategoryId } from './values/parse-id.ts';
import { categoryTranslationShape } from './wire/category-translation.ts';
import { findDrifts } from './wire/find-drifts.ts';

/**
 * Reads the result of `category.translation.getById`, a node with its children, as the answer to a request for `categoryId`. For
 * `'0'` it gives the roots and no node. An answer about another node gives no record.
 */
export function normalizeCategoryTranslation(
  categoryId: string,
  payload: JsonValue,
): Normalized<CategoryAnswer> {
  const findings = new Findings();
  const answer = openPayload(payload, findings);
  return {
    record: answer && readAnswer(categoryId, answer),
    rejects: findings.rejects,
    drifts: findDrifts(payload, categoryTranslationShape),
  };
}

function readAnswer(categoryId: string, answer: FieldReader): CategoryAnswer | null {
  if (categoryId === virtualRoot) {
    const root = answer.raw('categoryId') ?? null;
    if (root !== null && !isZero(root)) {
      answer.reject('categoryId', 'another_id');
      return null;
    }
    return { node: null, children: readChildren(answer, { categoryId, parentId: null, level: 0 }) };
  }
  const answeredId = answer.requiredId('categoryId');
  if (answeredId !== null && answeredId !== categoryId) answer.reject('categoryId', 'another_id');
  if (answeredId !== categoryId) return null;
  const node = readNode(categoryId, answer);
  return { node, children: readChildren(answer, node) };
}

function readNode(categoryId: string, row: FieldReader): CategoryRecord {
  const parentId = readParentId(categoryId, row);
  const level = row.smallCount('level') ?? (parentId === virtualRoot ? 1 : null);
  return { ...readNames(categoryId, row), parentId, parentPath: row.pathOf('parentCateId'), level };
}

function readParentId(categoryId: string, row: FieldReader): string | null {
  const value = row.raw('parentCateId') ?? null;
  if (value === null || value === '') return null;
  const parentId = parseCategoryId(value);
  if (parentId === null) row.reject('parentCateId', 'not_an_id');
  else if (parentId === categoryId) row.reject('parentCateId', 'cycle');
  return parentId === categoryId ? null : parentId;
}

function readChildren(row: FieldReader, parent: ParentNode): readonly CategoryRecord[] {
  const seen = new Set<string>();
  return row.rows('children').flatMap((child) => {
    const categoryId = readChildId(child, 'categoryId', parent, seen);
    if (categoryId === null) return [];
    const level = parent.level === null ? child.smallCount('level') : parent.level + 1;
    const parentPath = child.pathOf('categoryId');
    return { ...readNames(categoryId, child), parentId: parent.categoryId, parentPath, level };
  });
}

function readNames(
  categoryId: string,
  row: FieldReader,
): Omit<CategoryRecord, 'parentId' | 'parentPath' | 'level'> {
  const nameZh = row.text('chineseName');
  const translated = row.text('translatedName');
  return {
    categoryId,
    nameZh,
    nameTranslated: translated === nameZh ? null : translated,
    isLeaf: row.flag('leaf'),
    isRetired: isRetiredName(nameZh),
  };
}
