import type { ContentFault } from '../faults.ts';
import type { Params } from '../sign.ts';
import type { Draw } from '../world/draw.ts';
import type { CategoryTree } from '../world/categories.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { textOf } from '../answers/crossborder.ts';
import { absurdListPrices, hostileTitles } from './bad-values.ts';
import { mapFields } from './map-fields.ts';
import { mixForms } from './mixed-forms.ts';

export interface Distortion {
  readonly draw: Draw;
  readonly categories: CategoryTree;
}

type Distort = (body: JsonValue, distortion: Distortion) => JsonValue;

function fieldOf(value: JsonValue, key: string): JsonValue | undefined {
  return isJsonObject(value) ? value[key] : undefined;
}

/** Changes the payload of an answer of the cross-border family; others stay as they are. */
function inPayload(change: (payload: JsonObject) => JsonValue): Distort {
  return (body) => {
    const envelope = fieldOf(body, 'result') ?? null;
    const payload = fieldOf(envelope, 'result') ?? null;
    if (!isJsonObject(envelope) || !isJsonObject(payload)) return body;
    return { result: { ...envelope, result: change(payload) } };
  };
}

/** Changes the rows of a page of search results. */
function inRows(change: (rows: readonly JsonValue[]) => readonly JsonValue[]): Distort {
  return inPayload((payload) => {
    const rows = payload['data'];
    return Array.isArray(rows) ? { ...payload, data: change(rows as readonly JsonValue[]) } : payload;
  });
}

/** The same page when a search knows of fewer records: those from the first one on. */
function keepRecords(count: (total: number) => number): Distort {
  return inPayload((payload) => {
    const { totalRecords, pageSize, currentPage, data } = payload;
    if (!Array.isArray(data) || typeof totalRecords !== 'number') return payload;
    const kept = count(totalRecords);
    const before = (Number(currentPage) - 1) * Number(pageSize);
    return {
      ...payload,
      totalRecords: kept,
      totalPage: Math.ceil(kept / Number(pageSize)),
      data: (data as readonly JsonValue[]).slice(0, Math.max(0, kept - before)),
    };
  });
}

/** A node names its parent as its child: itself, where the parent is the virtual root. */
const closeCircle: Distort = (body, { categories }) => {
  const [node] = (fieldOf(body, 'categoryInfo') ?? []) as readonly JsonValue[];
  const children = fieldOf(node ?? null, 'childCategorys');
  const own = categories.get(textOf(fieldOf(node ?? null, 'categoryID')) ?? '');
  if (!isJsonObject(body) || !isJsonObject(node) || !Array.isArray(children) || own === undefined)
    return body;
  const above = categories.get(own.parentId) ?? own;
  const extra = { id: Number(above.id), name: above.name, isLeaf: false, categoryType: '1' };
  return {
    ...body,
    categoryInfo: [{ ...node, childCategorys: [...(children as readonly JsonValue[]), extra] }],
  };
};

const distortions: Readonly<Record<Exclude<ContentFault, 'repeat_page'>, Distort>> = {
  not_ready: () => ({ result: { success: false, code: '500_2', message: '数据准备中，请稍后重试。' } }),
  refuse: () => ({ result: { success: false, code: 'SP0056', message: '没有该商品的查询权限' } }),
  vanish: inPayload((payload) => ('productSaleInfo' in payload ? null : payload)),
  slip: inRows((rows) => rows.slice(1)),
  duplicate: inRows((rows) => [...rows.slice(0, 1), ...rows]),
  empty: keepRecords(() => 0),
  halved: keepRecords((total) => Math.ceil(total / 2)),
  off_by_one: inPayload((payload) => {
    const { totalRecords } = payload;
    return typeof totalRecords === 'number' ? { ...payload, totalRecords: totalRecords + 1 } : payload;
  }),
  mixed_forms: (body, { draw }) => mapFields(body, mixForms(draw)),
  hostile_titles: (body) => mapFields(body, hostileTitles),
  absurd_prices: (body) => mapFields(body, absurdListPrices),
  category_cycle: closeCircle,
};

/** The same question for the first page, as if the gateway did not know how the page is called. */
export function askForFirstPage(params: Params): Params {
  const text = params.get('offerQueryParam');
  if (text === undefined) return params;
  const param = parseJson(text);
  return new Map(params).set(
    'offerQueryParam',
    JSON.stringify({ ...(isJsonObject(param) ? param : {}), beginPage: 1 }),
  );
}

/** The body of an answer after a fault of its content. */
export function distortAnswer(kind: keyof typeof distortions, body: string, distortion: Distortion): string {
  return JSON.stringify(distortions[kind](parseJson(body), distortion));
}
