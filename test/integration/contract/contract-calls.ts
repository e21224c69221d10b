import { readFileSync } from 'node:fs';
import { hasType, hasValue, type Answer, type Field } from '../../support/describe-field.ts';

/** What earlier answers told, for later questions. */
export interface Known {
  readonly offerId?: string;
  readonly sellerId?: string;
  /** Of the uploaded picture. */
  readonly imageId?: string;
}

/** One question to a gateway and what its answer must look like. */
export interface ContractCall {
  readonly name: string;
  /** `namespace:name:version`. */
  readonly api: string;
  readonly needsToken: boolean;
  /** The token is left out, or the signature is of another secret. */
  readonly withhold?: 'token' | 'signature';
  /** Null: an earlier answer did not bring what this question is about. */
  params(known: Known): Readonly<Record<string, string>> | null;
  readonly fields: readonly Field[];
  learn?(answer: Answer): Known;
}

const crossborder = (name: string) => `com.alibaba.fenxiao.crossborder:${name}:1`;
const optional = ['absent', 'null'] as const;

/** Bodies of the gateway's own refusals (measured by clients; their status is only known in part). */
const refusal = (code: string, ...statuses: string[]): Field[] => [
  hasValue('#status', ...statuses, '200'),
  hasValue('error_code', code),
  hasType('error_message', 'text'),
  hasType('exception', 'text'),
];

const wrapped = [
  hasValue('#status', '200'),
  hasType('result.success', 'flag', 'text'),
  hasType('result.code', 'text', ...optional),
];
const nested = [...wrapped, hasType('result.result', 'object')];

const searchRows = [
  hasType('result.result.totalRecords', 'number'),
  hasType('result.result.data', 'list'),
  hasType('result.result.data[].offerId', 'number'),
  hasType('result.result.data[].subject', 'text'),
  hasType('result.result.data[].subjectTrans', 'text', ...optional),
  hasType('result.result.data[].imageUrl', 'text'),
  hasType('result.result.data[].priceInfo.price', 'text', ...optional),
  hasType('result.result.data[].monthSold', 'number', ...optional),
  hasType('result.result.data[].createDate', 'text', ...optional),
  hasType('result.result.data[].modifyDate', 'text', ...optional),
];

function firstAt(
  answer: Answer,
  read: (result: Readonly<Record<string, unknown>>) => unknown,
): string | undefined {
  const { result } = (answer.body ?? {}) as { result?: { result?: Readonly<Record<string, unknown>> } };
  const value = result?.result ? read(result.result) : undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** What 1688 answers to an upload that it can not use as a picture (1688 docs image.upload v1). */
const noImage = '0';

function imageIdOf({ body }: Answer): Known {
  const imageId = (body as { result?: { result?: unknown } } | null)?.result?.result;
  return typeof imageId === 'string' && imageId !== noImage ? { imageId } : {};
}

/** A red bag on white. */
const queryImage = new URL('picture.jpg', import.meta.url);

const page = { beginPage: 1, pageSize: 3, country: 'en' };
const detail = { api: crossborder('product.search.queryProductDetail'), needsToken: true };

/** Every question, in the order of asking: each is one call. Cheap ones first, so that a dead key costs little. */
export const contractCalls: readonly ContractCall[] = [
  {
    name: 'a wrong signature',
    api: 'system:currentTime:1',
    needsToken: false,
    withhold: 'signature',
    params: () => ({}),
    fields: refusal('gw.SignatureInvalid', '400'),
  },
  {
    name: 'an unknown API',
    api: crossborder('product.search.noSuchApi'),
    needsToken: false,
    params: () => ({}),
    fields: refusal('gw.APIUnsupported', '400'),
  },
  {
    name: 'a missing token',
    ...detail,
    withhold: 'token',
    params: () => ({ offerDetailParam: '{"offerId":1,"country":"en"}' }),
    fields: refusal('401', '401'),
  },
  {
    name: 'category.get, roots',
    api: 'com.alibaba.product:alibaba.category.get:1',
    needsToken: false,
    params: () => ({ categoryID: '0' }),
    fields: [
      hasValue('#status', '200'),
      hasType('succes', 'text', 'flag', 'absent'),
      hasType('categoryInfo', 'list'),
      hasType('categoryInfo[].categoryID', 'number'),
      hasType('categoryInfo[].childCategorys', 'list'),
      hasType('categoryInfo[].childCategorys[].id', 'number'),
      hasType('categoryInfo[].childCategorys[].name', 'text'),
      hasType('categoryInfo[].childCategorys[].isLeaf', 'flag', 'text'),
    ],
  },
  {
    name: 'category.translation.getById, roots',
    api: crossborder('category.translation.getById'),
    needsToken: true,
    params: () => ({ categoryId: '0', language: 'en' }),
    fields: [
      ...nested,
      hasType('result.result.children', 'list'),
      hasType('result.result.children[].categoryId', 'number'),
      hasType('result.result.children[].chineseName', 'text'),
      hasType('result.result.children[].translatedName', 'text', ...optional),
      hasType('result.result.children[].leaf', 'flag', 'text'),
    ],
  },
  {
    name: 'keywordQuery',
    api: crossborder('product.search.keywordQuery'),
    needsToken: true,
    params: () => ({ offerQueryParam: JSON.stringify({ keyword: '女鞋', ...page }) }),
    fields: [...nested, ...searchRows],
    learn: (answer) => {
      const offerId = firstAt(
        answer,
        ({ data }) => (data as { offerId?: unknown }[] | undefined)?.[0]?.offerId,
      );
      return offerId === undefined ? {} : { offerId };
    },
  },
  {
    name: 'queryProductDetail',
    ...detail,
    params: ({ offerId }) =>
      offerId === undefined ? null : { offerDetailParam: `{"offerId":${offerId},"country":"en"}` },
    fields: [
      ...nested,
      hasType('result.result.offerId', 'number'),
      hasType('result.result.subject', 'text'),
      hasType('result.result.status', 'text'),
      hasType('result.result.sellerOpenId', 'text'),
      hasType('result.result.productImage.images', 'list'),
      hasType('result.result.productSaleInfo.quoteType', 'number'),
      hasType('result.result.productSaleInfo.amountOnSale', 'number'),
      hasType('result.result.productSaleInfo.priceRangeList', 'list', ...optional),
      hasType('result.result.productSkuInfos', 'list', ...optional),
      hasType('result.result.minOrderQuantity', 'number', ...optional),
      hasType('result.result.soldOut', 'text', ...optional),
      hasType('result.result.createDate', 'text', ...optional),
    ],
    learn: (answer) => {
      const sellerId = firstAt(answer, ({ sellerOpenId }) => sellerOpenId);
      return sellerId === undefined ? {} : { sellerId };
    },
  },
  {
    name: 'querySellerOfferList',
    api: crossborder('product.search.querySellerOfferList'),
    needsToken: true,
    params: ({ sellerId }) =>
      sellerId === undefined
        ? null
        : { offerQueryParam: JSON.stringify({ sellerOpenId: sellerId, ...page }) },
    fields: [
      ...nested,
      hasType('result.result.totalRecords', 'number'),
      hasType('result.result.data[].offerId', 'number'),
      hasType('result.result.data[].subject', 'text'),
    ],
  },
  {
    name: 'image.upload',
    api: crossborder('product.image.upload'),
    needsToken: true,
    params: () => ({
      uploadImageParam: JSON.stringify({ imageBase64: readFileSync(queryImage).toString('base64') }),
    }),
    fields: [...wrapped, hasType('result.result', 'text')],
    learn: imageIdOf,
  },
  {
    name: 'imageQuery',
    api: crossborder('product.search.imageQuery'),
    needsToken: true,
    params: ({ imageId }) =>
      imageId === undefined ? null : { offerQueryParam: JSON.stringify({ imageId, ...page }) },
    fields: [...nested, ...searchRows, hasType('result.result.picRegionInfo', 'object', ...optional)],
  },
];
