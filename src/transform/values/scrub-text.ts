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

const personalName =
  /phone|mobile|contact|wechat|weixin|wangwang|login|mail|address|identity|idcard|person|member|realname/i;

/** True for the name of a field that most likely says who or where somebody is, or how to reach them. */
export function isPersonalName(key: string): boolean {
  return personalName.test(key);
}
