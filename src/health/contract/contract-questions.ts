import { readFileSync } from 'node:fs';
import { apiOf, endpointOfQuestion } from '../../extract/endpoints/endpoints.ts';
import type { GatewayQuestion } from '../../model/gateway.ts';
import type { ApiChoices } from '../../model/known-apis.ts';
import { hasType, hasValue, type Answer, type Field } from './describe-field.ts';

/** What earlier answers showed, for later questions. Never part of a report. */
export interface Known {
  readonly offerId?: string;
  readonly sellerId?: string;
  /** Of the uploaded picture. */
  readonly imageId?: string;
  readonly isTokenRefused?: boolean;
}

/** One question to a gateway and what its answer must be like. */
export interface ContractQuestion {
  readonly name: string;
  /** The row of docs/1688.md that it is about: its first cell. */
  readonly assumes: string;
  /** What another answer changes in the product. */
  readonly changes: string;
  /** Null: an earlier answer did not bring what this question is about. */
  ask(known: Known): GatewayQuestion | null;
  readonly fields: readonly Field[];
  learn?(answer: Answer): Known;
}

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
const readImage = () => readFileSync(new URL('query-image.jpg', import.meta.url));

const page = { priceMinCny: null, priceMaxCny: null, page: 1, pageSize: 3, language: 'en' } as const;
const detailOf = (offerId: string) => ({ operation: 'offer.detail', offerId, language: 'en' }) as const;

const refusals = 'Refusals come with HTTP 400 or 401, some with 200';
const refusalChanges =
  'Refusals are read by these codes (extract/gateway/refusal-kinds): another code needs its row there, or the error is unknown.';
const oneForm =
  'Rows of a shop and of a search by picture have the keys of a keyword search: fewer, or some more';

/** Every question, in the order of asking: each is one call. Cheap ones first, so that a dead key costs little. */
export const contractQuestions: readonly ContractQuestion[] = [
  {
    name: 'a wrong signature',
    assumes: refusals,
    changes: refusalChanges,
    ask: () => ({ request: { operation: 'system.time' }, flaw: 'wrong_signature' }),
    fields: refusal('gw.SignatureInvalid', '400'),
  },
  {
    name: 'an unknown API',
    assumes: refusals,
    changes: refusalChanges,
    ask: () => ({ request: { operation: 'system.time' }, flaw: 'unknown_api' }),
    fields: refusal('gw.APIUnsupported', '400'),
  },
  {
    name: 'a missing token',
    assumes: 'Checks come in this order: signature, token, grant, parameters',
    changes: 'Another code than 401 would not renew the token, and a run would end at the first expired one.',
    ask: () => ({ request: detailOf('1'), flaw: 'no_token' }),
    fields: refusal('401', '401'),
  },
  {
    name: 'category.get, roots',
    assumes: '`alibaba.category.get`',
    changes: 'Category feeds read these places: without them they find no category.',
    ask: () => ({ request: { operation: 'category.children', categoryId: '0' } }),
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
    assumes: 'The translated tree wraps its answer once in the official sample, twice at a client',
    changes:
      'Translated names of categories come from here, if `apis` says so. Without these places, keep the default.',
    ask: () => ({ request: { operation: 'category.children', categoryId: '0', language: 'en' } }),
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
    assumes: '`totalPage` may be one too many or one too few',
    changes: 'Searches end by `totalRecords` and find offers by these rows: without them no offer is found.',
    ask: () => ({ request: { operation: 'search.keyword', keyword: '女鞋', categoryId: null, ...page } }),
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
    assumes: '`quoteType` 0: price by quantity; 1: by SKU; 2: SKUs, but price by quantity, SKU prices null',
    changes: 'SKUs, stock and prices are read from these places: others go into quarantine, or stay empty.',
    ask: ({ offerId }) => (offerId === undefined ? null : { request: detailOf(offerId) }),
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
    assumes: oneForm,
    changes: 'Feeds of sellers read these rows: without them they find no offer.',
    ask: ({ sellerId }) =>
      sellerId === undefined ? null : { request: { operation: 'search.seller', sellerId, ...page } },
    fields: [
      ...nested,
      hasType('result.result.totalRecords', 'number'),
      hasType('result.result.data[].offerId', 'number'),
      hasType('result.result.data[].subject', 'text'),
    ],
  },
  {
    name: 'image.upload',
    assumes: "An upload that 1688 can't use is answered with id `0`",
    changes: 'Feeds of image files search by this id: another form of it goes into quarantine.',
    ask: () => ({ image: readImage() }),
    fields: [...wrapped, hasType('result.result', 'text')],
    learn: imageIdOf,
  },
  {
    name: 'imageQuery',
    assumes: oneForm,
    changes: 'Feeds of pictures read these rows: without them they find no offer.',
    ask: ({ imageId }) =>
      imageId === undefined
        ? null
        : { request: { operation: 'search.image', queryImage: { kind: 'uploaded', imageId }, ...page } },
    fields: [...nested, ...searchRows, hasType('result.result.picRegionInfo', 'object', ...optional)],
  },
];

/** The API of each question, `namespace:name:version`, each once: also those that no feed needs. */
export function contractApis(choices: ApiChoices): string[] {
  const known = { offerId: '1', sellerId: '1', imageId: '1' };
  const apis = contractQuestions.flatMap((question) => {
    const asked = question.ask(known);
    return asked === null ? [] : [apiOf(endpointOfQuestion(asked, choices))];
  });
  return [...new Set(apis)];
}
