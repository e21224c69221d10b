import { answerWith, type GatewayAnswer } from '../gateway-answer.ts';
import type { Category, CategoryTree } from '../world/categories.ts';

function childFields(node: Category) {
  return { id: Number(node.id), name: node.name, isLeaf: node.isLeaf, categoryType: '1' };
}

/** `level`, `childIDs` and the virtual root's own name come and go with the version of 1688's documentation. */
function nodeFields(tree: CategoryTree, id: string, node: Category | undefined, hasLevel: boolean) {
  const children = tree.listed(id);
  return {
    categoryID: Number(id),
    name: node?.name ?? '',
    level: hasLevel ? (node?.level ?? 0) : undefined,
    isLeaf: node?.isLeaf ?? false,
    parentIDs: node === undefined ? [] : [Number(node.parentId)],
    childIDs: children.map((child) => Number(child.id)),
    childCategorys: children.map(childFields),
    minOrderQuantity: null,
    featureInfos: [],
    categoryType: '1',
    isSupportProcessing: false,
  };
}

/**
 * `alibaba.category.get` (1688 docs, v1): a node with its children, `'0'` for the roots. The documentation does
 * spell `succes` so. What an unknown id gives is not documented; here it is an empty list.
 */
export function answerCategory(tree: CategoryTree, id: string, hasLevel: boolean): GatewayAnswer {
  const node = tree.get(id);
  const isKnown = node !== undefined || id === '0';
  return answerWith({
    succes: 'true',
    categoryInfo: isKnown ? [nodeFields(tree, id, node, hasLevel)] : [],
    errorCode: null,
    errorMsg: null,
  });
}
