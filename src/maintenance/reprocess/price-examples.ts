import { shanghaiDay } from '../../core/shanghai-time.ts';
import type { ReprocessExample } from '../../model/reprocess.ts';
import type { PriceDiff, PriceInterval } from '../../load/price-intervals.ts';

const priceLabel = ({ kind, skuId, minQuantity }: PriceInterval): string =>
  [
    `${kind} price`,
    ...(skuId === '0' ? [] : [`of SKU ${skuId}`]),
    ...(minQuantity > 1 ? [`from ${String(minQuantity)}`] : []),
  ].join(' ');

function formatInterval(interval: PriceInterval | undefined): string | null {
  if (interval === undefined) return null;
  const end = interval.validTo === null ? '' : ` to ${shanghaiDay(interval.validTo)}`;
  return `${interval.amountCny} since ${shanghaiDay(interval.validFrom)}${end}`;
}

/** One difference of the prices of an offer, as text: changes first, then removed and new ones. */
export function toPriceExample(
  id: string,
  { added: [added], removed: [removed], changed: [changed] }: PriceDiff,
): ReprocessExample[] {
  const from = changed?.from ?? removed;
  const to = changed?.to ?? (removed === undefined ? added : undefined);
  const price = to ?? from;
  if (price === undefined) return [];
  return [{ id, what: priceLabel(price), was: formatInterval(from), is: formatInterval(to) }];
}
