import { missing, wrapResult } from './crossborder.ts';
import { answerWith, type GatewayAnswer } from '../gateway-answer.ts';
import type { Params } from '../sign.ts';
import type { WireValue } from '../wire-json.ts';
import type { Category, CategoryTree } from '../world/categories.ts';
import { translateTerm } from '../world/texts.ts';

function names(node: Category | undefined, language: string) {
  const [zh, en] = [node?.name ?? '', node?.nameEnglish ?? ''];
  return { chineseName: zh, translatedName: translateTerm({ zh, en }, language), language };
}

function childFields(node: Category, language: string): WireValue {
  return {
    categoryId: Number(node.id),
    ...names(node, language),
    leaf: node.isLeaf,
    level: String(node.level),
    parentCateId: Number(node.parentId),
    children: null,
    fromCache: true,
  };
}

/** Flags and ids of the node itself are text, those of its children are not (1688 docs and clients). */
function nodeFields(tree: CategoryTree, id: string, node: Category | undefined, language: string): WireValue {
  const children = tree.listed(id).map((child) => childFields(child, language));
  return {
    categoryId: Number(id),
    ...names(node, language),
    leaf: String(node?.isLeaf ?? false),
    level: String(node?.level ?? 0),
    parentCateId: node?.parentId ?? '0',
    children: children.length === 0 ? null : children,
    fromCache: true,
  };
}

function required(params: Params, name: string): string {
  const text = params.get(name) ?? '';
  if (text === '') throw missing(name);
  return text;
}

/**
 * `category.translation.getById` (1688 docs, v1): a node with its children and their names in a language, `0`
 * for the roots. The documentation's sample is flat where its field table and a client's code are nested:
 * `isFlat` chooses. What an unknown id gives is not documented; here it is no payload.
 */
export function answerTranslatedCategory(tree: CategoryTree, params: Params, isFlat: boolean): GatewayAnswer {
  const language = required(params, 'language');
  const id = required(params, 'categoryId');
  const node = tree.get(id);
  const payload = node === undefined && id !== '0' ? null : nodeFields(tree, id, node, language);
  if (isFlat) return answerWith({ result: payload, success: true, code: 'S0000', message: '成功' });
  return wrapResult(payload, 'S0000');
}
