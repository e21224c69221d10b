import { missing, readObject, textOf } from './crossborder.ts';
import { driftPage } from './drift.ts';
import { salesOf } from './offer-fields.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Params } from '../sign.ts';
import type { WireValue } from '../wire-json.ts';
import type { Draw } from '../world/draw.ts';
import { goodsOf } from '../world/goods.ts';
import { anything, type Query } from '../world/search.ts';
import type { Entry } from '../world/entry.ts';
import type { Snapshot, World } from '../world/world.ts';

/** 1688's own bound on a page (1688 docs keywordQuery v1). */
export const maxPageSize = 50;

export interface SearchSettings {
  readonly world: World;
  readonly snapshot: Snapshot;
  /** Null: the ranking stands still within a step. */
  readonly drift: Draw | null;
  /** Added to `totalPage`. */
  readonly totalPageError: number;
  /** A search without a keyword is refused. */
  readonly refusesEmptyKeyword: boolean;
}

/** The part of `offerQueryParam` that all searches of the cross-border family share. */
export interface SearchParam {
  readonly param: JsonObject;
  readonly page: number;
  readonly pageSize: number;
  readonly language: string;
  readonly query: Query;
}

function numberOf(param: JsonObject, name: string): number {
  const text = textOf(param[name]);
  if (text === null || !/^\d+$/.test(text)) throw missing(name);
  return Math.max(1, Number(text));
}

function fenOf(text: string | null): number | null {
  if (text === null || !/^\d+(\.\d+)?$/.test(text)) return null;
  return Math.round(Number(text) * 100);
}

function queryOf(param: JsonObject): Query {
  const list = textOf(param['categoryIdList'])?.split(',') ?? [];
  const single = textOf(param['categoryId']);
  return {
    ...anything,
    categoryIds: single === null ? list : [...list, single],
    keyword: textOf(param['keyword']) ?? '',
    minFen: fenOf(textOf(param['priceStart'])),
    maxFen: fenOf(textOf(param['priceEnd'])),
  };
}

/** @throws Refusal when a parameter is missing or malformed */
export function readSearchParam(params: Params): SearchParam {
  const param = readObject(params, 'offerQueryParam');
  const page = numberOf(param, 'beginPage');
  const pageSize = Math.min(maxPageSize, numberOf(param, 'pageSize'));
  const language = textOf(param['country']);
  if (language === null) throw missing('country');
  return { param, page, pageSize, language, query: queryOf(param) };
}

/** What `sort` can order by; it only ever orders the rows of one page (1688 docs keywordQuery v1). */
const sortKeys: Readonly<Record<string, (entry: Entry) => number>> = {
  price: ({ offer, state }) => goodsOf(offer, state).searchFen ?? 0,
  monthSold: ({ offer, state }) => salesOf(offer, state).month,
  rePurchaseRate: ({ offer }) => offer.draw.int('repurchase', 60),
};

function sortPage(page: readonly Entry[], sort: string | null): readonly Entry[] {
  const [, field, direction] = /"(\w+)"\s*:\s*"(asc|desc)"/.exec(sort ?? '') ?? [];
  const key = field === undefined ? undefined : sortKeys[field];
  if (key === undefined) return page;
  const sign = direction === 'desc' ? -1 : 1;
  return page.toSorted((a, b) => sign * (key(a) - key(b)));
}

/**
 * One page of what `query` finds, within the first 2,000 records. Past the end the list is empty and larger
 * pages than 50 are cut to 50: both are guesses.
 */
export function searchPage(
  { param, page, pageSize }: SearchParam,
  query: Query,
  settings: SearchSettings,
  rowOf: (entry: Entry) => WireValue,
) {
  const { snapshot, drift } = settings;
  const found = snapshot.search(query);
  const [start, end] = [(page - 1) * pageSize, page * pageSize];
  const shown = drift === null ? [...found.subarray(start, end)] : driftPage(found, start, end, drift);
  const rows = shown.map((index) => snapshot.entryAt(index));
  const totalRecords = found.length;
  return {
    totalRecords,
    totalPage: Math.max(0, Math.ceil(totalRecords / pageSize) + settings.totalPageError),
    pageSize,
    currentPage: page,
    data: sortPage(rows, textOf(param['sort'])).map(rowOf),
  };
}
