import type { CategoryRecord } from '../model/records.ts';
import type { FieldReader } from './reading/field-reader.ts';

/** The id of the virtual node above the roots, which is no category itself. */
export const virtualRoot = '0';

/** In the name of nodes that 1688 keeps but no longer uses (measured by clients). */
const retiredMark = '停用';

export function isRetiredName(nameZh: string | null): boolean {
  return nameZh?.includes(retiredMark) ?? false;
}

/** What children need to know of the node they were listed under. */
export type ParentNode = Pick<CategoryRecord, 'categoryId' | 'parentId' | 'level'>;

/** The id of a child; null, with a reject, when it has none, a second one has it, or the tree would be a circle. */
export function readChildId(
  row: FieldReader,
  idKey: string,
  parent: ParentNode,
  seen: Set<string>,
): string | null {
  const categoryId = row.uniqueId(idKey, seen);
  if (categoryId === null) return null;
  // A node below itself would send every walk of the tree in circles.
  if (categoryId !== parent.categoryId && categoryId !== parent.parentId) return categoryId;
  row.reject(idKey, 'cycle');
  return null;
}
