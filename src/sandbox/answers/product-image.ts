import { createHash } from 'node:crypto';
import { offerIndexOf } from './images.ts';

/** Paths below which 1688 keeps product images. */
export const imagePrefix = '/img/ibank/';

/**
 * A drawing in place of a photo, as SVG: the same for every picture of an offer but for its light, so that one
 * can see which belong together. `path` is that of an image url.
 */
export function drawImage(path: string): string {
  const index = offerIndexOf(path);
  const [hue = 0, tilt = 0, light = 0, round = 0] = createHash('sha1')
    .update(String(index ?? path))
    .digest();
  const [shade = 0] = createHash('sha1').update(path).digest();
  const color = `hsl(${hue * 1.41} ${45 + (light % 40)}% ${40 + (shade % 20)}%)`;
  const ground = `hsl(${hue * 1.41} 30% 90%)`;
  const label = index === null ? '' : `<text x="200" y="372" text-anchor="middle">No. ${index + 1}</text>`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" font-family="sans-serif" font-size="26">',
    `<rect width="400" height="400" fill="${ground}"/>`,
    `<rect x="100" y="90" width="200" height="200" rx="${round % 100}" fill="${color}" transform="rotate(${tilt % 90} 200 190)"/>`,
    label,
    '</svg>',
  ].join('');
}
