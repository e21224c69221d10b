/** What replaces a value: a stable pseudonym of its kind, or only the fact that there was one. */
export type Treatment = 'name' | 'address' | 'id' | 'url' | 'photo' | 'removed';

/**
 * Fields of 1688's answers (1688 docs keywordQuery, imageQuery and queryProductDetail v1) that name a seller or are
 * written by one in a form that can't be checked, and links that carry the app's own tracking; and `sellerId` and
 * `imageId`, by which our requests name a seller and a picture of the operator. By name, at any depth.
 */
export const personalFields: Readonly<Record<string, Treatment>> = {
  companyName: 'name',
  companyAddress: 'address',
  sendGoodsAddressText: 'address',
  sellerOpenId: 'id',
  sellerId: 'id',
  imageId: 'id',
  certificateName: 'removed',
  certificateCode: 'removed',
  certificatePhotoList: 'photo',
  description: 'removed',
  descriptionTrans: 'url',
  promotionURL: 'url',
  promotionUrl: 'url',
  traceInfo: 'removed',
  token: 'removed',
};
