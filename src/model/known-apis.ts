import type { LoadableRequest } from './operation.ts';

/**
 * The APIs whose questions and answers are spoken, by operation and under 1688's own names (1688 docs, mirror of
 * 2026-09; all are v1). The first one of an operation is asked unless the sync file chooses.
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

/** Those whose calls a forecast has; uploads of pictures are too few. */
export const plannedOperations = [
  'category.children',
  'search.keyword',
  'search.seller',
  'search.image',
  'offer.detail',
] as const satisfies readonly ApiOperation[];

export type KnownApi = (typeof knownApis)[ApiOperation][number];

/** Where an API is found: the parts of `namespace:name:version`. */
export interface ApiAddress {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

/** Which API is asked for an operation. */
export interface ApiChoice {
  /** The API whose questions and answers it has. */
  readonly speaks: KnownApi;
  /** Null: where the documentation has it. */
  readonly address: ApiAddress | null;
}

/** Operations that are not in it are asked as `knownApis` says. */
export type ApiChoices = Readonly<Partial<Record<ApiOperation, ApiChoice>>>;
