import { invoiceInfoShape, promotionModelShape, sellerScoreFields } from './shared-shapes.ts';
import { wireList, wireObject } from './wire-shape.ts';

/** An offer that has no price is listed without one. */
const priceInfoShape = wireObject(
  {},
  { class: 'text', consignPrice: 'text', jxhyPrice: 'text', pfJxhyPrice: 'text', promotionPrice: 'text' },
  { price: 'text' },
);

const simpleShippingShape = wireObject(
  {},
  {
    class: 'text',
    shippingTimeGuarantee: 'text',
    perfectFulfillmentRate30d: 'text',
    pickupWithin24hRate30d: 'text',
    qualityReturnRate30d: 'text',
    perfectFulfillmentRate7d: 'text',
    pickupWithin24hRate7d: 'text',
    delayedShippingRate7d: 'text',
  },
);

const tradeInfoShape = wireObject(
  {},
  {
    class: 'text',
    addCartCount7d: 'text',
    payBuyerCount7d: 'text',
    addCartCount30d: 'text',
    payBuyerCount30d: 'text',
  },
);

const rowFields = {
  required: { offerId: 'number', subject: 'text', imageUrl: 'text', priceInfo: priceInfoShape },
  optional: {
    class: 'text',
    subjectTrans: 'text',
    aigcImageUrl: 'text',
    whiteImage: 'text',
    repurchaseRate: 'text',
    monthSold: 'number',
    sales7d: 'text',
    tradeScore: 'text',
    minOrderQuantity: 'number',
    isJxhy: 'flag',
    isOnePsale: 'flag',
    // The same flag under the name of its Java property.
    onePsale: 'flag',
    isSelect: 'flag',
    isPatentProduct: 'flag',
    sellerIdentities: wireList('text'),
    offerIdentities: wireList('text'),
    promotionModel: promotionModelShape,
    topCategoryId: 'number',
    secondCategoryId: 'number',
    thirdCategoryId: 'number',
    createDate: 'text',
    modifyDate: 'text',
    sellerDataInfo: wireObject({}, { ...sellerScoreFields, tpYear: 'number' }),
    productSimpleShippingInfo: simpleShippingShape,
    productTradeInfo: tradeInfoShape,
    invoiceInfo: invoiceInfoShape,
    traceInfo: 'text',
    token: 'text',
    // Details spell it promotionUrl; both spellings occur in both.
    promotionURL: 'text',
    promotionUrl: 'text',
  },
} as const;

const pageFields = { class: 'text', totalPage: 'number', pageSize: 'number', currentPage: 'number' } as const;

/**
 * The inner result of `product.search.keywordQuery` (1688 docs keywordQuery v1, stray keys as met by clients), and of
 * `product.search.querySellerOfferList`, whose rows have some of the same fields and no others.
 */
export const keywordQueryShape = wireObject(
  { totalRecords: 'number', data: wireList(wireObject(rowFields.required, rowFields.optional)) },
  pageFields,
);

const imageRowShape = wireObject(rowFields.required, {
  ...rowFields.optional,
  companyName: 'text',
  companyAddress: 'text',
  offerDataInfo: wireObject(
    {},
    {
      class: 'text',
      offerApplauseRate: 'text',
      kjFeaturedServices: 'anything',
      qualityRfdRate30d: 'text',
      repurchaseRate30d: 'text',
      pickupRate24h30d: 'text',
    },
  ),
});

/** The inner result of `product.search.imageQuery` (1688 docs imageQuery v1), which also says what part of the picture was used. */
export const imageQueryShape = wireObject(
  { totalRecords: 'number', data: wireList(imageRowShape) },
  {
    ...pageFields,
    picRegionInfo: wireObject({}, { class: 'text', currentRegion: 'text', yoloCropRegion: 'text' }),
  },
);
