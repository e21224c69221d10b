import { isJsonObject } from '../../core/json.ts';
import type { OperationName } from '../../model/operation.ts';
import type { Expectation } from '../gateway/classify.ts';
import { parseGatewayTime } from '../gateway-time.ts';

/** The 1688 API that answers a logical operation. */
export interface Endpoint {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly needsToken: boolean;
  readonly expects: Expectation;
}

/**
 * Operation to API, as the official documentation lists them today (mirror of 2026-09; all are v1). Only the
 * crossborder family asks for a token.
 */
export const endpoints: Readonly<Record<OperationName, Endpoint>> = {
  'category.children': {
    namespace: 'com.alibaba.product',
    name: 'alibaba.category.get',
    version: '1',
    needsToken: false,
    expects: {
      shapes: ['whole'],
      isPayload: (payload) => isJsonObject(payload) && 'categoryInfo' in payload,
    },
  },
  'search.keyword': {
    namespace: 'com.alibaba.fenxiao.crossborder',
    name: 'product.search.keywordQuery',
    version: '1',
    needsToken: true,
    // The official sample of a sister API is flat where its field table is nested: both are accepted.
    expects: {
      shapes: ['nested', 'flat'],
      isPayload: (payload) => payload === null || isJsonObject(payload),
    },
  },
  'offer.detail': {
    namespace: 'com.alibaba.fenxiao.crossborder',
    name: 'product.search.queryProductDetail',
    version: '1',
    needsToken: true,
    // Null: the offer no longer exists (measured by clients).
    expects: {
      shapes: ['nested', 'flat'],
      isPayload: (payload) => payload === null || isJsonObject(payload),
    },
  },
  'system.time': {
    namespace: 'system',
    name: 'currentTime',
    version: '1',
    needsToken: false,
    expects: {
      shapes: ['bare'],
      isPayload: (payload) => typeof payload === 'string' && parseGatewayTime(payload) !== null,
    },
  },
};

/** `namespace:name:version`: the unit that 1688 grants and counts. */
export function apiOf(endpoint: Pick<Endpoint, 'namespace' | 'name' | 'version'>): string {
  return `${endpoint.namespace}:${endpoint.name}:${endpoint.version}`;
}

/** The path that is called below the base url, and signed: `param2/1/system/currentTime/1000000`. */
export function urlPathOf(endpoint: Endpoint, appKey: string): string {
  return `param2/${endpoint.version}/${endpoint.namespace}/${endpoint.name}/${appKey}`;
}
