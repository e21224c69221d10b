import { stringify } from 'lossless-json';
import { cleanText } from '../../core/clean-text.ts';
import { AppError } from '../../core/errors.ts';
import type {
  CategoryChildrenRequest,
  ImageUploadRequest,
  OperationRequest,
  SearchRequest,
} from '../../model/operation.ts';
import { extractErrors } from '../errors.ts';
import type { FormParams } from '../gateway/sign.ts';

/**
 * The business parameters of a request, as 1688's docs name them; an object parameter is one field of JSON text. Fields that a
 * request leaves open are not sent. The same request always gives the same text.
 *
 * @throws AppError GATEWAY_REQUEST_INVALID when an id is not a decimal number
 */
export function paramsOf(request: Exclude<OperationRequest, ImageUploadRequest>): FormParams {
  switch (request.operation) {
    case 'category.children':
      return categoryParams(request);
    case 'search.keyword':
    case 'search.seller':
    case 'search.image':
      return { offerQueryParam: jsonText(searchParam(request)) };
    case 'offer.detail':
      return {
        offerDetailParam: jsonText({ offerId: idOf(request.offerId), country: cleanText(request.language) }),
      };
    case 'system.time':
      return {};
  }
}

/** The business parameters that upload a picture (1688 docs product.image.upload v1). */
export function uploadParams(image: Uint8Array): FormParams {
  return { uploadImageParam: jsonText({ imageBase64: Buffer.from(image).toString('base64') }) };
}

function categoryParams({ categoryId, language }: CategoryChildrenRequest): FormParams {
  const id = String(idOf(categoryId));
  return language === undefined ? { categoryID: id } : { categoryId: id, language: cleanText(language) };
}

function searchParam(request: SearchRequest): Record<string, unknown> {
  return {
    ...subjectParam(request),
    beginPage: request.page,
    pageSize: request.pageSize,
    country: cleanText(request.language),
    ...(request.operation === 'search.keyword' && request.categoryId !== null
      ? { categoryId: idOf(request.categoryId) }
      : {}),
    ...(request.priceMinCny === null ? {} : { priceStart: request.priceMinCny }),
    ...(request.priceMaxCny === null ? {} : { priceEnd: request.priceMaxCny }),
  };
}

/** The parameter to search by. */
function subjectParam(request: SearchRequest): Record<string, unknown> {
  switch (request.operation) {
    case 'search.keyword':
      return { keyword: cleanText(request.keyword) };
    case 'search.seller':
      return { sellerOpenId: cleanText(request.sellerId) };
    case 'search.image':
      return request.queryImage.kind === 'uploaded'
        ? { imageId: cleanText(request.queryImage.imageId) }
        : { imageAddress: cleanText(request.queryImage.url) };
  }
}

/** 1688 types ids as Long: they are written as JSON numbers, digit by digit, also beyond 2^53. */
function idOf(id: string): bigint {
  if (!/^\d{1,19}$/.test(id)) {
    throw new AppError(extractErrors.GATEWAY_REQUEST_INVALID, 'a request names an id that is not a number');
  }
  return BigInt(id);
}

function jsonText(value: Record<string, unknown>): string {
  return stringify(value) ?? '';
}
