import { stringify } from 'lossless-json';
import { cleanText } from '../../core/clean-text.ts';
import { AppError } from '../../core/errors.ts';
import type { OperationRequest, SearchKeywordRequest } from '../../model/operation.ts';
import { extractErrors } from '../errors.ts';
import type { FormParams } from '../gateway/sign.ts';

/**
 * The business parameters of a request, as 1688's docs name them; an object parameter is one field of JSON text.
 * What a request leaves open is not sent. The same request always gives the same text.
 *
 * @throws AppError GATEWAY_REQUEST_INVALID when an id is not a decimal number
 */
export function paramsOf(request: OperationRequest): FormParams {
  switch (request.operation) {
    case 'category.children':
      return { categoryID: String(idOf(request.categoryId)) };
    case 'search.keyword':
      return { offerQueryParam: jsonText(searchParam(request)) };
    case 'offer.detail':
      return {
        offerDetailParam: jsonText({ offerId: idOf(request.offerId), country: cleanText(request.language) }),
      };
    case 'system.time':
      return {};
  }
}

function searchParam(request: SearchKeywordRequest): Record<string, unknown> {
  return {
    keyword: cleanText(request.keyword),
    beginPage: request.page,
    pageSize: request.pageSize,
    country: cleanText(request.language),
    ...(request.categoryId === null ? {} : { categoryId: idOf(request.categoryId) }),
    ...(request.priceMinCny === null ? {} : { priceStart: request.priceMinCny }),
    ...(request.priceMaxCny === null ? {} : { priceEnd: request.priceMaxCny }),
  };
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
