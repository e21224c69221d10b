import { missing, refuseRequest, textOf, wrapResult } from './crossborder.ts';
import { imageAt } from './images.ts';
import { readSearchParam, searchPage, type SearchParam, type SearchSettings } from './search-page.ts';
import { imageRow, searchRow, sellerRow } from './search-row.ts';
import { answerWith, type GatewayAnswer } from '../gateway-answer.ts';
import type { Params } from '../sign.ts';
import type { ImageFeatures } from '../world/likeness.ts';

/** `product.search.keywordQuery` (1688 docs, v1). */
export function answerSearch(params: Params, settings: SearchSettings): GatewayAnswer {
  const search = readSearchParam(params);
  const { query, language } = search;
  if (query.keyword === '' && settings.refusesEmptyKeyword) throw missing('keyword');
  if (query.keyword === '' && query.categoryIds.length === 0) {
    return refuseRequest('BA_PARAM_INVALID_ERROR', 'keyword and categoryId are both empty');
  }
  const { world } = settings;
  return wrapResult(searchPage(search, query, settings, (entry) => searchRow(world, entry, language)));
}

/** `product.search.querySellerOfferList` (1688 docs, v1): the offers of one shop, in shorter rows. */
export function answerSellerSearch(params: Params, settings: SearchSettings): GatewayAnswer {
  const search = readSearchParam(params);
  const sellerId = textOf(search.param['sellerOpenId']);
  if (sellerId === null) throw missing('sellerOpenId');
  const { world } = settings;
  const rowOf = (entry: Parameters<typeof sellerRow>[1]) => sellerRow(world, entry, search.language);
  return wrapResult(searchPage(search, { ...search.query, sellerId }, settings, rowOf));
}

function imageOf({ param }: SearchParam, uploads: ReadonlySet<string>): ImageFeatures | null {
  const imageId = textOf(param['imageId']);
  if (imageId !== null) return uploads.has(imageId) ? { key: imageId, offerIndex: null } : null;
  const address = textOf(param['imageAddress']);
  if (address === null) throw missing('imageId');
  return imageAt(address);
}

/**
 * `product.search.imageQuery` (1688 docs, v1): offers that look like an uploaded picture, or like one on
 * alicdn. `success` is text here, as documented. What a picture that 1688 does not have gives is not known;
 * here the request is refused.
 */
export function answerImageSearch(
  params: Params,
  settings: SearchSettings,
  uploads: ReadonlySet<string>,
): GatewayAnswer {
  const search = readSearchParam(params);
  const picture = imageOf(search, uploads);
  if (picture === null) return refuseRequest('BA_PARAM_INVALID_ERROR', 'the picture is not known');
  const { world } = settings;
  const rowOf = (entry: Parameters<typeof imageRow>[1]) => imageRow(world, entry, search.language);
  const page = searchPage(search, { ...search.query, picture }, settings, rowOf);
  const picRegionInfo = { currentRegion: '0,800,0,800', yoloCropRegion: '0,800,0,800;40,760,40,760' };
  return answerWith({
    result: { success: 'true', code: '200', message: '成功', result: { ...page, picRegionInfo } },
  });
}
