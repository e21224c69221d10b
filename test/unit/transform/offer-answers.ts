import type { JsonObject } from '../../../src/core/json.ts';
import type { OfferDetail } from '../../../src/model/records.ts';
import { normalizeOfferAnswer } from '../../support/requests.ts';

export const queryImage = 'https://cbu01.alicdn.com/img/ibank/1.jpg';

function offerOf(fields: JsonObject): JsonObject {
  return {
    offerId: 42,
    subject: '杯',
    status: 'published',
    sellerOpenId: 'S1',
    productImage: { images: [queryImage] },
    productSaleInfo: { quoteType: 0, priceRangeList: [{ startQuantity: 1, price: '2' }] },
    ...fields,
  };
}

export function normalize(fields: JsonObject) {
  return normalizeOfferAnswer('42', offerOf(fields));
}

export function detailOf(fields: JsonObject): OfferDetail {
  const { record } = normalize(fields);
  if (record?.kind !== 'found') throw new Error('the offer is not found');
  return record.detail;
}
