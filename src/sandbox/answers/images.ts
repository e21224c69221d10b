import type { Offer } from '../world/offers.ts';
import type { ImageFeatures } from '../world/likeness.ts';

/** The ones digits of a number in a url say which of an offer's pictures it is, those before it whose. */
const imagesPerOffer = 1000;

/** An image url in one of the forms that 1688 uses. The sandbox answers the same path on its own origin. */
export function imageUrl({ draw, index, nature }: Offer, n: number): string {
  const a = index * imagesPerOffer + n;
  const b = draw.int('image-b', 1_000_000_000, n);
  const modern = `O1CN01${draw.bits('image-c', n).toString(36)}_!!22${String(a).padStart(11, '0')}-0-cib.jpg`;
  // Where 1688 keeps pictures whose text it has translated.
  if (draw.chance('in-bucket', nature.bucketImages, n))
    return `https://cbu-translated.oss-cn-hangzhou.aliyuncs.com/img/ibank/${modern}`;
  const forms = [
    `https://cbu01.alicdn.com/img/ibank/${modern}`,
    `https://cbu01.alicdn.com/img/ibank/${modern}_800x800.jpg`,
    `https://cbu01.alicdn.com/img/ibank/2020/${a % 1000}/${b % 1000}/${a}_${b}.jpg`,
    `https://global-img-cdn.1688.com/img/ibank/${modern}`,
    `//cbu01.alicdn.com/img/ibank/${a}_${b}.jpg`,
  ] as const;
  return draw.pick('image-form', forms, n);
}

/** Whose picture an image url shows; null when none of this world's offers made it. */
export function offerIndexOf(path: string): number | null {
  const [, modern, plain] = /(?:_!!22(\d{11})-0-cib|\/(\d+)_\d+)\.jpg/.exec(path) ?? [];
  const number = modern ?? plain;
  return number === undefined ? null : Math.floor(Number(number) / imagesPerOffer);
}

/** Image searches take pictures of these hosts only (1688 docs imageQuery v1). */
const imageHosts = /^(?:https?:)?\/\/(?:[\w-]+\.)*alicdn\.com\//;

/** The picture behind a url; null when it is on a host that 1688 does not read from. */
export function imageAt(url: string): ImageFeatures | null {
  return imageHosts.test(url) ? { key: url, offerIndex: offerIndexOf(url) } : null;
}
