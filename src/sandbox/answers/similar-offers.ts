import { missing } from './crossborder.ts';
import { imageUrl, imageAt } from './images.ts';
import { answerWith, type GatewayAnswer } from '../gateway-answer.ts';
import type { Params } from '../sign.ts';
import { goodsOf } from '../world/goods.ts';
import { subjectOf } from '../world/texts.ts';
import { anything } from '../world/search.ts';
import type { Entry } from '../world/entry.ts';
import type { Snapshot } from '../world/world.ts';

/** Measured by clients: pages of 20 at most, about 75 offers, whatever was asked for. */
const maxPageSize = 20;
const maxOffers = 75;

/** The eleven keys that the gateway returns of the twenty-one that are documented (measured by clients). */
function similarRow({ offer, state }: Entry) {
  const goods = goodsOf(offer, state);
  return {
    offerId: BigInt(offer.offerId),
    subject: subjectOf(offer, state),
    quantityBegin: goods.minOrderQuantity,
    unit: goods.unit.zh,
    // In fen, where every other API has yuan.
    oldPrice: goods.searchFen,
    imageUrl: imageUrl(offer, 0),
    province: offer.seller.province,
    city: `${offer.seller.city}市`,
    supplyAmount: goods.stock,
    categoryId: Number(offer.category.id),
    detailUrl: `https://detail.1688.com/offer/${offer.offerId}.html`,
  };
}

function positive(text: string | undefined, fallback: number): number {
  return /^[1-9]\d*$/.test(text ?? '') ? Number(text) : fallback;
}

/**
 * `alibaba.cross.similar.offer.search` (1688 docs, v1, and measured by clients): offers that look like the
 * picture at a url. Price bounds and sort orders are documented and ignored.
 */
export function answerSimilarOffers(params: Params, snapshot: Snapshot): GatewayAnswer {
  const picUrl = params.get('picUrl') ?? '';
  if (picUrl === '') throw missing('picUrl');
  if ((params.get('page') ?? '') === '') throw missing('page');
  const picture = imageAt(picUrl);
  if (picture === null) {
    const message = `handle image error with url ${picUrl}`;
    return { ...answerWith({ success: false, code: 'SYSTEM_ERROR', message }), outcome: 'SYSTEM_ERROR' };
  }
  const page = positive(params.get('page'), 1);
  const pageSize = Math.min(maxPageSize, positive(params.get('pageSize'), maxPageSize));
  const found = snapshot.search({ ...anything, picture }).subarray(0, maxOffers);
  const rows = [...found.subarray((page - 1) * pageSize, page * pageSize)].map((index) =>
    similarRow(snapshot.entryAt(index)),
  );
  return answerWith({
    success: true,
    code: '',
    message: '',
    result: { total: found.length, page, pageSize, result: rows },
  });
}
