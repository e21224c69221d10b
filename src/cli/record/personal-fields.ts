/** What stands in place of a value: a stable pseudonym of its kind, or only the fact that there was one. */
export type Treatment = 'name' | 'address' | 'id' | 'url' | 'removed';

/**
 * Fields of 1688's answers (1688 docs keywordQuery, imageQuery and queryProductDetail v1) that name a seller or are
 * written by one in a form that nobody can check, and links that carry the app's own tracking; and `sellerId` and
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
  certificatePhotoList: 'url',
  description: 'removed',
  descriptionTrans: 'url',
  promotionURL: 'url',
  promotionUrl: 'url',
  traceInfo: 'removed',
  token: 'removed',
};

/**
 * Personal data inside texts that are kept: subjects, attributes and picture addresses are written by sellers, who
 * put their numbers everywhere. The order matters: an address at a domain first, then digits.
 */
const personalPatterns: readonly (readonly [RegExp, string])[] = [
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '[email]'],
  [/(微信号?|wechat|weixin|\bvx|\bqq号?)[\s:：]*[\w-]{4,}/gi, '[contact]'],
  [/(?<!\d)(\+?86[ -]?)?1[3-9]\d([ -]?\d{4}){2}(?!\d)/g, '[phone]'],
  [/(?<!\d)0\d{2,3}-\d{7,8}(?!\d)/g, '[phone]'],
  // The number of the account that uploaded a picture or video.
  [/!!\d{5,}/g, '!!0'],
  [/\/u\/\d{5,}/g, '/u/0'],
];

/** A text that is kept, without what identifies a person in it. */
export function scrubText(text: string): string {
  return personalPatterns.reduce((kept, [pattern, stand]) => kept.replace(pattern, stand), text);
}
