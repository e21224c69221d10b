import { createHmac } from 'node:crypto';
import type { Sandbox } from '../../src/sandbox/create-sandbox.ts';

/** 1688's recipe written down once more, without any thought of speed: pairs, sorted, joined, signed. */
export function signNaively(path: string, params: Readonly<Record<string, string>>, secret: string): string {
  const pairs = Object.entries(params).map(([key, value]) => key + value);
  pairs.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return createHmac('sha1', secret)
    .update(path + pairs.join(''))
    .digest('hex')
    .toUpperCase();
}

export const apis = {
  translatedCategory: 'com.alibaba.fenxiao.crossborder:category.translation.getById:1',
  sellerSearch: 'com.alibaba.fenxiao.crossborder:product.search.querySellerOfferList:1',
  imageSearch: 'com.alibaba.fenxiao.crossborder:product.search.imageQuery:1',
  upload: 'com.alibaba.fenxiao.crossborder:product.image.upload:1',
  similar: 'com.alibaba.linkplus:alibaba.cross.similar.offer.search:1',
  category: 'com.alibaba.product:alibaba.category.get:1',
  search: 'com.alibaba.fenxiao.crossborder:product.search.keywordQuery:1',
  detail: 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1',
  time: 'system:currentTime:1',
  timeMillis: 'system:currentTimeMillis:1',
} as const;

/** `param2/1/namespace/name/appKey` of an API. */
export function pathOf(api: string, appKey: string): string {
  const [namespace = '', name = '', version = ''] = api.split(':');
  return `param2/${version}/${namespace}/${name}/${appKey}`;
}

/** Signed parameters, as a client would send them. */
export function signed(
  sandbox: Sandbox,
  api: string,
  params: Readonly<Record<string, string>>,
): Record<string, string> {
  const signature = signNaively(pathOf(api, sandbox.appKey), params, sandbox.appSecret);
  return { ...params, _aop_signature: signature };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly body: unknown;
}

async function read(response: Response): Promise<Reply> {
  const text = await response.text();
  return { status: response.status, text, body: JSON.parse(text) as unknown };
}

/** A POST of a form to a path below the base url. */
export async function post(
  url: string,
  form: Readonly<Record<string, string>>,
  requestId?: string,
): Promise<Reply> {
  const headers = requestId === undefined ? {} : { 'x-request-id': requestId };
  return read(await fetch(url, { method: 'POST', body: new URLSearchParams(form), headers }));
}

/** A signed POST. */
export async function callApi(
  sandbox: Sandbox,
  api: string,
  params: Readonly<Record<string, string>> = {},
  requestId?: string,
): Promise<Reply> {
  return post(`${sandbox.url}/${pathOf(api, sandbox.appKey)}`, signed(sandbox, api, params), requestId);
}

export interface Row {
  readonly offerId: number;
  readonly subject: string;
  readonly imageUrl: string;
  readonly subjectTrans?: string;
  readonly priceInfo: {
    readonly price: string | null;
    readonly consignPrice?: string;
    readonly promotionPrice: string | null;
    readonly jxhyPrice: string | null;
    readonly pfJxhyPrice: string | null;
  };
  readonly monthSold: number;
  readonly thirdCategoryId: number | null;
  readonly secondCategoryId: number;
  readonly modifyDate: string;
  readonly repurchaseRate?: string;
}

export interface Page {
  readonly totalRecords: number;
  readonly totalPage: number;
  readonly pageSize: number;
  readonly currentPage: number;
  readonly data: readonly Row[];
}

/** A page of a search; throws on anything but a good answer. */
export async function search(
  sandbox: Sandbox,
  param: Readonly<Record<string, unknown>>,
  api: string = apis.search,
): Promise<Page> {
  const offerQueryParam = JSON.stringify({
    keyword: '',
    beginPage: 1,
    pageSize: 50,
    country: 'en',
    ...param,
  });
  const reply = await callApi(sandbox, api, { access_token: sandbox.accessToken, offerQueryParam });
  if (reply.status !== 200) throw new Error(reply.text);
  return (reply.body as { result: { result: Page } }).result.result;
}

/** All pages of a search, until one is not full. */
export async function searchAll(
  sandbox: Sandbox,
  param: Readonly<Record<string, unknown>>,
  api: string = apis.search,
): Promise<readonly Page[]> {
  const pages = [await search(sandbox, param, api)];
  for (let beginPage = 2; pages.at(-1)?.data.length === 50; beginPage++) {
    pages.push(await search(sandbox, { ...param, beginPage }, api));
  }
  return pages;
}

/** The raw answer of queryProductDetail. */
export async function fetchDetail(sandbox: Sandbox, offerId: string): Promise<Reply> {
  const offerDetailParam = `{"offerId":${offerId},"country":"en"}`;
  return callApi(sandbox, apis.detail, { access_token: sandbox.accessToken, offerDetailParam });
}

interface Child {
  readonly id: number;
  readonly name: string;
  readonly isLeaf: boolean;
}

/** The one node of category.get. */
export async function fetchCategory(sandbox: Sandbox, categoryID: string) {
  const { body } = await callApi(sandbox, apis.category, { categoryID });
  const { categoryInfo, succes } = body as {
    succes: string;
    categoryInfo: readonly [
      { categoryID: number; name: string; level: number; isLeaf: boolean; childCategorys: readonly Child[] },
    ];
  };
  return { succes, ...categoryInfo[0] };
}

/** Every node of the tree, asked for level by level. */
export async function walkTree(sandbox: Sandbox) {
  const nodes: (Child & { readonly level: number })[] = [];
  // Of a cycle, the node above is listed again.
  const seen = new Set<number>();
  let branches = ['0'];
  for (let level = 1; branches.length > 0; level++) {
    const answers = await Promise.all(branches.map((id) => fetchCategory(sandbox, id)));
    const children = answers.flatMap((answer) => answer.childCategorys).filter(({ id }) => !seen.has(id));
    for (const { id } of children) seen.add(id);
    nodes.push(...children.map((child) => ({ ...child, level })));
    branches = children.filter((child) => !child.isLeaf).map((child) => String(child.id));
  }
  return nodes;
}

/** GET of a control endpoint. */
export async function control<T>(sandbox: Sandbox, path: string): Promise<T> {
  const { status, text, body } = await read(await fetch(`${sandbox.controlUrl}/${path}`));
  if (status !== 200) throw new Error(text);
  return body as T;
}

/** POST to a control endpoint. */
export async function command(sandbox: Sandbox, path: string, body: object): Promise<Reply> {
  return read(await fetch(`${sandbox.controlUrl}/${path}`, { method: 'POST', body: JSON.stringify(body) }));
}

/** A clock that only the test moves. */
export function createTestClock(start: string) {
  let at = Date.parse(start);
  return {
    now: () => new Date(at),
    advance: (ms: number) => {
      at += ms;
    },
  };
}
