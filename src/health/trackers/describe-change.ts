import { shanghaiTime } from '../../core/shanghai-time.ts';
import type { TrackedChange } from '../../model/tracker.ts';

/** The page of an offer at 1688. */
export const offerUrl = (offerId: string): string => `https://detail.1688.com/offer/${offerId}.html`;

/** `-20.8 %`; empty if there is nothing to compare with. */
function moveOf({ old, new: now }: TrackedChange): string {
  const percent = 100 * (Number(now) / Number(old) - 1);
  return Number.isFinite(percent) ? `, ${percent > 0 ? '+' : ''}${percent.toFixed(1)} %` : '';
}

/** Which of its prices; empty: the lowest. */
function priceOf({ skuId, skuLabel, minQuantity }: TrackedChange): string {
  if (skuId === null) return '';
  const sku = skuId === '0' ? '' : ` of ${skuLabel ?? `SKU ${skuId}`}`;
  return `${sku}${minQuantity === null || minQuantity === 1 ? '' : ` from ${String(minQuantity)} units on`}`;
}

/** What changed, as a sentence without its end: `price fell from ¥12 to ¥9.5, -20.8 %`. */
export function describeChange(change: TrackedChange): string {
  const { condition, old, new: now } = change;
  const prices = `from ¥${old} to ¥${now}${moveOf(change)}`;
  switch (condition) {
    case 'price_below':
      return `lowest price fell ${prices}`;
    case 'price_down':
      return `price${priceOf(change)} fell ${prices}`;
    case 'price_up':
      return `price${priceOf(change)} rose ${prices}`;
    case 'out_of_stock':
      return `out of stock, had ${old}`;
    case 'back_in_stock':
      return `back in stock with ${now}`;
    case 'delisted':
      return `no longer on sale (${now})`;
    case 'relisted':
      return `on sale again, was ${old}`;
    default:
      return condition satisfies never;
  }
}

/** Within which times it changed. */
export const describeTime = ({ notBefore, seenAt }: TrackedChange): string =>
  `between ${shanghaiTime(notBefore)} and ${shanghaiTime(seenAt)}`;
