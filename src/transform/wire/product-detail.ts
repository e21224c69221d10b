import { invoiceInfoShape, promotionModelShape, sellerScoreFields } from './shared-shapes.ts';
import { wireList, wireObject } from './wire-shape.ts';

const imagesShape = wireObject({}, { class: 'text', images: wireList('text'), whiteImage: 'text' });

const skuAttributeShape = wireObject(
  {},
  {
    class: 'text',
    attributeId: 'number',
    attributeName: 'text',
    attributeNameTrans: 'text',
    value: 'text',
    valueTrans: 'text',
    skuImageUrl: 'text',
    skuImageUrlTrans: 'text',
  },
);

const skuShape = wireObject(
  { skuId: 'number' },
  {
    class: 'text',
    specId: 'text',
    amountOnSale: 'number',
    price: 'text',
    consignPrice: 'text',
    jxhyPrice: 'text',
    pfJxhyPrice: 'text',
    promotionPrice: 'text',
    retailPrice: 'text',
    cargoNumber: 'text',
    foreignCurrencyPrice: 'number',
    foreignCurrencyPromotionPrice: 'number',
    foreignCurrencyRetailPrice: 'number',
    fenxiaoPriceInfo: wireObject({}, { class: 'text', onePiecePrice: 'text', offerPrice: 'text' }),
    skuAttributes: wireList(skuAttributeShape),
  },
);

const saleInfoShape = wireObject(
  { quoteType: 'number' },
  {
    class: 'text',
    amountOnSale: 'number',
    priceRangeList: wireList(
      wireObject(
        { startQuantity: 'number' },
        {
          class: 'text',
          price: 'text',
          promotionPrice: 'text',
          foreignCurrencyPrice: 'number',
          foreignCurrencyPromotionPrice: 'number',
        },
      ),
    ),
    // Always null where clients looked; its content is described nowhere.
    priceRanges: 'anything',
    consignPrice: 'text',
    jxhyPrice: 'text',
    retailPrice: 'text',
    foreignCurrencyPrice: 'number',
    foreignCurrencyRetailPrice: 'number',
    unitInfo: wireObject({}, { class: 'text', unit: 'text', transUnit: 'text' }),
    fenxiaoSaleInfo: wireObject(
      {},
      {
        class: 'text',
        onePieceFreePostage: 'flag',
        startQuantity: 'number',
        onePiecePrice: 'text',
        offerPrice: 'text',
      },
    ),
  },
);

const sizeFields = {
  class: 'text',
  width: 'number',
  length: 'number',
  height: 'number',
  weight: 'number',
} as const;

const officialSizeFields = {
  pkgSizeSource: 'text',
  officialLength: 'number',
  officialWidth: 'number',
  officialHeight: 'number',
  officialWeight: 'number',
} as const;

const shippingInfoShape = wireObject(
  {},
  {
    ...sizeFields,
    ...officialSizeFields,
    sendGoodsAddressText: 'text',
    shippingTimeGuarantee: 'text',
    skuShippingInfoList: wireList(wireObject({}, { ...sizeFields, specId: 'text', skuId: 'number' })),
    skuShippingDetails: wireList(
      wireObject(
        {},
        {
          ...sizeFields,
          ...officialSizeFields,
          skuId: 'number',
          aiWeight: 'number',
          aiWeightAccuracy: 'text',
        },
      ),
    ),
  },
);

const sellerMixShape = wireObject(
  {},
  {
    class: 'text',
    generalHunpi: 'flag',
    // The same flag under the name of its Java property.
    isGeneralHunpi: 'flag',
    mixAmount: 'number',
    mixNumber: 'number',
  },
);

const attributeShape = wireObject(
  {},
  {
    class: 'text',
    attributeId: 'number',
    attributeName: 'text',
    value: 'text',
    attributeNameTrans: 'text',
    valueTrans: 'text',
  },
);

const certificateShape = wireObject(
  {},
  {
    class: 'text',
    certificateName: 'text',
    certificateCode: 'text',
    certificatePhotoList: wireList('text'),
  },
);

/** The inner result of `product.search.queryProductDetail` (1688 docs queryProductDetail v1). */
export const productDetailShape = wireObject(
  {
    offerId: 'number',
    subject: 'text',
    status: 'text',
    sellerOpenId: 'text',
    productImage: imagesShape,
    productSaleInfo: saleInfoShape,
  },
  {
    class: 'text',
    categoryId: 'number',
    categoryName: 'text',
    topCategoryId: 'number',
    secondCategoryId: 'number',
    thirdCategoryId: 'number',
    subjectTrans: 'text',
    description: 'text',
    descriptionTrans: 'text',
    mainVideo: 'text',
    detailVideo: 'text',
    productImageTrans: imagesShape,
    productAttribute: wireList(attributeShape),
    productSkuInfos: wireList(skuShape),
    productShippingInfo: shippingInfoShape,
    minOrderQuantity: 'number',
    batchNumber: 'number',
    isJxhy: 'flag',
    isSelect: 'flag',
    isOnePsale: 'flag',
    onePsale: 'flag',
    tagInfoList: wireList(wireObject({}, { class: 'text', key: 'text', value: 'flag' })),
    sellerMixSetting: sellerMixShape,
    productCargoNumber: 'text',
    traceInfo: 'text',
    soldOut: 'text',
    sellerDataInfo: wireObject(
      {},
      { ...sellerScoreFields, collect30DayWithin48HPercent: 'text', qualityRefundWithin30Day: 'text' },
    ),
    channelPrice: wireObject(
      {},
      {
        class: 'text',
        channelSkuPriceList: wireList(
          wireObject({}, { class: 'text', skuId: 'number', currentPrice: 'text' }),
        ),
      },
    ),
    promotionModel: promotionModelShape,
    tradeScore: 'text',
    sellingPoint: wireList('text'),
    offerIdentities: wireList('text'),
    createDate: 'text',
    certificateList: wireList(certificateShape),
    promotionUrl: 'text',
    promotionURL: 'text',
    companyName: 'text',
    invoiceInfo: invoiceInfoShape,
  },
);
