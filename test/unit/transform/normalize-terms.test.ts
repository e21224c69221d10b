import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { detailOf, normalize, queryImage } from './offer-answers.ts';

describe('weight and size', () => {
  const packagesOf = (details: JsonValue) =>
    detailOf({
      productSkuInfos: [{ skuId: 7 }, { skuId: 8 }],
      productShippingInfo: { skuShippingDetails: details },
    }).skus.map((sku) => Object.values({ ...sku.package }));

  it('are grams and millimetres of the SKU, with who says so', () => {
    const seller = {
      skuId: '8',
      weight: 1.25,
      length: 10.5,
      width: 0.45,
      height: 3,
      pkgSizeSource: '商家自填',
    };
    expect(packagesOf([seller])).toEqual([
      [null, null, null, null, null, null],
      ['1250', 'seller', '105', '4.5', '30', 'seller'],
    ]);
  });

  it.each([
    [{ weight: 1, officialWeight: 0.9, aiWeight: 2, pkgSizeSource: '商家自填' }, '900', 'official'],
    [{ weight: 1, officialWeight: 0, aiWeight: 2, pkgSizeSource: '预测-同款放大' }, '1000', 'estimated'],
    [{ weight: '1', pkgSizeSource: null }, '1000', null],
    [{ weight: 0.0, officialWeight: null, aiWeight: 2, aiWeightAccuracy: '80%' }, '2000', 'estimated'],
    [{ weight: 0.30000000000000004, pkgSizeSource: '官方测量' }, '300', 'official'],
  ])('%j is the best weight that is stated', (fields, weight, source) => {
    expect(packagesOf([{ skuId: 7, ...fields }])[0]?.slice(0, 2)).toEqual([weight, source]);
  });

  it('need all three sides, and are those that 1688 measured where it did', () => {
    const own = { length: 1, width: 2, height: 3, pkgSizeSource: '商家自填' };
    const [first, second] = packagesOf([
      { skuId: 7, ...own, officialLength: 4, officialWidth: 5, officialHeight: null },
      { skuId: 8, ...own, officialLength: 4, officialWidth: 5, officialHeight: 6 },
    ]);
    expect(first?.slice(2)).toEqual(['10', '20', '30', 'seller']);
    expect(second?.slice(2)).toEqual(['40', '50', '60', 'official']);
  });

  it('of the offer as a whole stand beside', () => {
    const productShippingInfo = { weight: 0.5, shippingTimeGuarantee: 'shipIn24Hours' };
    expect(detailOf({ productShippingInfo }).offer).toMatchObject({
      package: { weightG: '500', weightSource: null, lengthMm: null },
      shippingTimeGuarantee: 'shipIn24Hours',
    });
  });

  it('that are no numbers are rejects', () => {
    const productShippingInfo = { weight: 'light' };
    expect(normalize({ productShippingInfo }).rejects).toEqual([
      { path: 'productShippingInfo.weight', reason: 'not_a_measure', sample: 'light' },
    ]);
  });
});

describe('terms of an offer', () => {
  it('are kept as what they are', () => {
    const fields = {
      tagInfoList: [
        { key: 'isSupportMix', value: true },
        { key: 'select', value: 'false' },
        { key: 'isOnePsale', value: 'true' },
      ],
      sellerMixSetting: { generalHunpi: true, mixAmount: 100, mixNumber: 2 },
      productCargoNumber: 'A-1',
      sellingPoint: ['结实', '轻'],
      certificateList: [
        {
          certificateName: '外观专利',
          certificateCode: 'ZL 1',
          certificatePhotoList: [queryImage, 'javascript:1'],
        },
      ],
      offerIdentities: ['super_factory', 'tp_member'],
    };
    const { offer, seller } = detailOf(fields);
    expect(offer).toMatchObject({
      tags: ['isOnePsale', 'isSupportMix'],
      isMixAllowed: true,
      mixAmountCny: '100',
      mixQuantity: 2,
      cargoNumber: 'A-1',
      sellingPoints: ['结实', '轻'],
      certificates: [{ name: '外观专利', code: 'ZL 1', photoUrls: [queryImage] }],
    });
    expect(seller?.identities).toEqual(['super_factory', 'tp_member']);
    expect(normalize(fields).rejects).toMatchObject([{ reason: 'not_a_media_url' }]);
  });

  it('that an answer leaves out are not known', () => {
    const { offer, seller } = detailOf({});
    expect(offer).toMatchObject({ tags: null, sellingPoints: null, certificates: null, isMixAllowed: null });
    expect(seller?.identities).toBeNull();
  });
});

describe('the seller', () => {
  it('has a level with halves, rates as shares, and no score where nobody gave one', () => {
    const sellerDataInfo = {
      tradeMedalLevel: '4.5',
      compositeServiceScore: '0.0',
      offerExperienceScore: '4.0',
      collect30DayWithin48HPercent: '98.5%',
      qualityRefundWithin30Day: '0.0012',
    };
    const { seller, offer } = detailOf({ sellerDataInfo, tradeScore: '0.0' });
    expect(seller).toMatchObject({
      tradeMedalLevel: '4.5',
      compositeServiceScore: null,
      offerExperienceScore: '4',
      pickup48hRate: '0.985',
      qualityRefundRate: '0.0012',
    });
    expect(offer.tradeScore).toBeNull();
    expect(normalize({ sellerDataInfo, tradeScore: '0.0' }).rejects).toEqual([]);
  });
});

describe('a text that is too long', () => {
  it('is kept in part, and booked', () => {
    const subject = '长'.repeat(501);
    expect(detailOf({ subject }).offer.subject).toBe('长'.repeat(500));
    expect(normalize({ subject }).rejects).toEqual([
      { path: 'subject', reason: 'cut', sample: '长'.repeat(200) },
    ]);
  });

  it('is kept in part in a list, too, beside what is no text', () => {
    const sellingPoint = ['轻'.repeat(500), '长'.repeat(501), {}, '结实'];
    expect(detailOf({ sellingPoint }).offer.sellingPoints).toEqual([
      '轻'.repeat(500),
      '长'.repeat(500),
      '结实',
    ]);
    expect(normalize({ sellingPoint }).rejects.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      'sellingPoint[1] cut',
      'sellingPoint[2] not_text',
    ]);
  });

  it('is not what has 500 characters between blanks', () => {
    expect(normalize({ subject: ` ${'长'.repeat(500)} ` }).rejects).toEqual([]);
  });
});
