import type { LoadableRequest } from './operation.ts';

/**
 * The APIs whose requests and answers the code knows, by operation and under 1688's own names (1688 docs, mirror of 2026-09; all
 * are v1). The first API of an operation is called unless the sync file chooses another.
 */
export const knownApis = {
  'category.children': ['alibaba.category.get', 'category.translation.getById'],
  'search.keyword': ['product.search.keywordQuery'],
  'search.seller': ['product.search.querySellerOfferList'],
  'search.image': ['product.search.imageQuery'],
  'image.upload': ['product.image.upload'],
  'offer.detail': ['product.search.queryProductDetail'],
} as const satisfies Record<LoadableRequest['operation'], readonly [string, ...string[]]>;

export type ApiOperation = keyof typeof knownApis;

export const apiOperations = Object.keys(knownApis) as ApiOperation[];

/** Operations whose calls a forecast counts; uploads of pictures are too few. */
export const plannedOperations = [
  'category.children',
  'search.keyword',
  'search.seller',
  'search.image',
  'offer.detail',
] as const satisfies readonly ApiOperation[];

export type KnownApi = (typeof knownApis)[ApiOperation][number];

/** The address of an API: the parts of `namespace:name:version`. */
export interface ApiAddress {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

/** The API that is called for an operation. */
export interface ApiChoice {
  /** The known API that has the same requests and answers. */
  readonly speaks: KnownApi;
  /** Null: the address in the documentation. */
  readonly address: ApiAddress | null;
}

/** Operations that are absent use the API that `knownApis` names. */
export type ApiChoices = Readonly<Partial<Record<ApiOperation, ApiChoice>>>;
