import { isJsonObject, type JsonValue } from '../../core/json.ts';
import {
  knownApis,
  type ApiAddress,
  type ApiChoices,
  type ApiOperation,
  type KnownApi,
} from '../../model/known-apis.ts';
import type { GatewayQuestion } from '../../model/gateway.ts';
import type { OperationName, OperationRequest } from '../../model/operation.ts';
import type { Expectation } from '../gateway/classify.ts';
import { parseGatewayTime } from '../gateway-time.ts';

/** The 1688 API that answers a logical operation. */
export interface Endpoint extends ApiAddress {
  readonly needsToken: boolean;
  readonly expects: Expectation;
}

/**
 * An API of the family that requires a token and wraps its payload twice. The official sample of one of them is flat although its
 * field table is nested: both are accepted.
 */
function crossborder(name: string, isPayload: Expectation['isPayload']): Endpoint {
  return {
    namespace: 'com.alibaba.fenxiao.crossborder',
    name,
    version: '1',
    needsToken: true,
    expects: { shapes: ['nested', 'flat'], isPayload },
  };
}

/** Null means that there is nothing; for an offer, that it no longer exists (measured by clients). */
function isObjectOrNull(payload: JsonValue): boolean {
  return payload === null || isJsonObject(payload);
}

/** As the official documentation lists them today (mirror of 2026-09; all are v1). */
const byName: Readonly<Record<KnownApi, Endpoint>> = {
  'alibaba.category.get': {
    namespace: 'com.alibaba.product',
    name: 'alibaba.category.get',
    version: '1',
    needsToken: false,
    expects: {
      shapes: ['whole'],
      isPayload: (payload) => isJsonObject(payload) && 'categoryInfo' in payload,
    },
  },
  'category.translation.getById': crossborder('category.translation.getById', isObjectOrNull),
  'product.search.keywordQuery': crossborder('product.search.keywordQuery', isObjectOrNull),
  'product.search.querySellerOfferList': crossborder('product.search.querySellerOfferList', isObjectOrNull),
  'product.search.imageQuery': crossborder('product.search.imageQuery', isObjectOrNull),
  'product.image.upload': crossborder(
    'product.image.upload',
    (payload) =>
      typeof payload === 'number' || (typeof payload === 'string' && /^[\w.-]{1,128}$/.test(payload)),
  ),
  'product.search.queryProductDetail': crossborder('product.search.queryProductDetail', isObjectOrNull),
};

const systemTime: Endpoint = {
  namespace: 'system',
  name: 'currentTime',
  version: '1',
  needsToken: false,
  expects: {
    shapes: ['bare'],
    isPayload: (payload) => typeof payload === 'string' && parseGatewayTime(payload) !== null,
  },
};

/** The endpoint of each operation, with what the sync file chose. */
export function chooseEndpoints(choices: ApiChoices): Readonly<Record<OperationName, Endpoint>> {
  const choose = (operation: ApiOperation): Endpoint => {
    const { speaks, address } = choices[operation] ?? { speaks: knownApis[operation][0], address: null };
    return { ...byName[speaks], ...address };
  };
  return {
    'category.children': choose('category.children'),
    'search.keyword': choose('search.keyword'),
    'search.seller': choose('search.seller'),
    'search.image': choose('search.image'),
    'image.upload': choose('image.upload'),
    'offer.detail': choose('offer.detail'),
    'system.time': systemTime,
  };
}

/** The API of each operation if the sync file chooses none. */
export const endpoints = chooseEndpoints({});

/** The endpoint of a request: where two APIs serve an operation, the request says which is meant. */
export function endpointOf(request: OperationRequest, choices: ApiChoices = {}): Endpoint {
  if (request.operation === 'system.time') return systemTime;
  const isTranslated = request.operation === 'category.children' && request.language !== undefined;
  const speaks = isTranslated ? 'category.translation.getById' : knownApis[request.operation][0];
  const chosen = choices[request.operation];
  return { ...byName[speaks], ...(chosen?.speaks === speaks ? chosen.address : null) };
}

/** The endpoint of a question, changed by its flaw. `unknown_api` gives a name beside real APIs that 1688 does not have. */
export function endpointOfQuestion(question: GatewayQuestion, choices: ApiChoices = {}): Endpoint {
  if ('image' in question) return chooseEndpoints(choices)['image.upload'];
  const endpoint = endpointOf(question.request, choices);
  if (question.flaw === 'unknown_api')
    return { ...byName['product.search.keywordQuery'], name: 'product.search.noSuchApi', needsToken: false };
  return question.flaw === 'no_token' ? { ...endpoint, needsToken: false } : endpoint;
}

/** `namespace:name:version`: the unit that 1688 grants and counts. */
export function apiOf(endpoint: ApiAddress): string {
  return `${endpoint.namespace}:${endpoint.name}:${endpoint.version}`;
}

/** The API of each operation, as `apiOf` names it. */
export function chooseApis(choices: ApiChoices): Readonly<Record<OperationName, string>> {
  const named = Object.entries(chooseEndpoints(choices)).map(([operation, endpoint]) => [
    operation,
    apiOf(endpoint),
  ]);
  return Object.fromEntries(named) as Record<OperationName, string>;
}

/** The path that is called below the base url, and signed: `param2/1/system/currentTime/1000000`. */
export function urlPathOf(endpoint: ApiAddress, appKey: string): string {
  return `param2/${endpoint.version}/${endpoint.namespace}/${endpoint.name}/${appKey}`;
}
