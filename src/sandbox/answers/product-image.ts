import { createHash } from 'node:crypto';
import { offerIndexOf } from './images.ts';

/** Paths below which 1688 keeps product images. */
export const imagePrefix = '/img/ibank/';

function digestOf(text: string): Buffer {
  return createHash('sha1').update(text).digest();
}

/**
 * A drawing in place of a photo, as SVG: the same for every picture of an offer but for its light, so that one
 * can see which belong together. `path` is that of an image url.
 */
export function drawImage(path: string): string {
  const index = offerIndexOf(path);
  const owner = digestOf(String(index ?? path));
  const [hue, saturation] = [owner.readUInt8(0) * 1.41, 45 + (owner.readUInt8(2) % 40)];
  const color = `hsl(${hue} ${saturation}% ${40 + (digestOf(path).readUInt8(0) % 20)}%)`;
  const ground = `hsl(${hue} 30% 90%)`;
  const label = index === null ? '' : `<text x="200" y="372" text-anchor="middle">No. ${index + 1}</text>`;
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400" font-family="sans-serif" font-size="26">',
    `<rect width="400" height="400" fill="${ground}"/>`,
    `<rect x="100" y="90" width="200" height="200" rx="${owner.readUInt8(3) % 100}" fill="${color}" transform="rotate(${owner.readUInt8(1) % 90} 200 190)"/>`,
    label,
    '</svg>',
  ].join('');
}
