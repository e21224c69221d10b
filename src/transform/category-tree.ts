import type { CategoryRecord } from '../model/records.ts';
import type { FieldReader } from './reading/field-reader.ts';

/** The id of the virtual node above the roots, which is no category itself. */
export const virtualRoot = '0';

/** In the name of nodes that 1688 keeps but no longer uses (measured by clients). */
const retiredMark = '停用';

export function isRetiredName(nameZh: string | null): boolean {
  return nameZh?.includes(retiredMark) ?? false;
}

/** The fields of a node that are needed to read its children. */
export type ParentNode = Pick<CategoryRecord, 'categoryId' | 'parentId' | 'level'>;

/** The id of a child; null, with a reject, when it has none, when an earlier child has the same, or when the tree would be a circle. */
export function readChildId(
  row: FieldReader,
  idKey: string,
  parent: ParentNode,
  seen: Set<string>,
): string | null {
  const categoryId = row.uniqueId(idKey, seen);
  if (categoryId === null) return null;
  // A node below itself would make every walk of the tree endless.
  if (categoryId !== parent.categoryId && categoryId !== parent.parentId) return categoryId;
  row.reject(idKey, 'cycle');
  return null;
}
