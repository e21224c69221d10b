import type { Draw } from '../world/draw.ts';

/** An image url in one of the forms that 1688 uses; nothing serves them. */
export function imageUrl(draw: Draw, n: number): string {
  const a = draw.int('image-a', 10_000_000_000, n);
  const b = draw.int('image-b', 1_000_000_000, n);
  const modern = `O1CN01${draw.bits('image-c', n).toString(36)}_!!22${String(a).padStart(11, '0')}-0-cib.jpg`;
  const forms = [
    `https://cbu01.alicdn.com/img/ibank/${modern}`,
    `https://cbu01.alicdn.com/img/ibank/${modern}_800x800.jpg`,
    `https://cbu01.alicdn.com/img/ibank/2020/${a % 1000}/${b % 1000}/${a}_${b}.jpg`,
    `https://global-img-cdn.1688.com/img/ibank/${modern}`,
    `//cbu01.alicdn.com/img/ibank/${a}_${b}.jpg`,
  ] as const;
  return draw.pick('image-form', forms, n);
}
