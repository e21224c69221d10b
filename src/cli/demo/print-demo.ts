import type { QuotaStatus } from '../../load/stores/quota-store.ts';
import type { CatalogSize, PriceMove } from '../../load/stores/demo-store.ts';
import type { Session } from '../session.ts';
import { formatTable } from '../terminal/format-table.ts';

const amount = (value: number): string => value.toLocaleString('en');

/** How full the catalog is. */
export function printSize(session: Session, size: CatalogSize): void {
  const rows = [
    ['catalog.category', amount(size.categories)],
    ['catalog.offer', amount(size.offers)],
    ['catalog.sku', amount(size.skus)],
    ['catalog.price', amount(size.prices)],
    ['catalog.price_history', amount(size.history)],
  ];
  session.print(formatTable([{ header: 'table' }, { header: 'rows', align: 'right' }], rows));
}

/** Calls used of the day's quota, API by API; APIs that were not called are left out. */
export function printQuota(session: Session, status: readonly QuotaStatus[]): void {
  const rows = status
    .filter((limit) => limit.window === 'day' && limit.used > 0)
    .map((limit) => [limit.api, amount(limit.used), amount(limit.callLimit)]);
  const columns = [
    { header: 'API, calls today' },
    { header: 'used', align: 'right' },
    { header: 'quota', align: 'right' },
  ] as const;
  session.print(formatTable(columns, rows));
}

/** The price changes that this run found. */
export function printMoves(session: Session, moves: readonly PriceMove[]): void {
  const rows = moves.map((move) => [
    move.offerId,
    move.subject ?? '',
    move.label ?? `from ${move.minQuantity}`,
    move.kind,
    move.fromCny,
    move.toCny,
  ]);
  const columns = [
    { header: 'offer' },
    { header: 'subject' },
    { header: 'SKU or quantity' },
    { header: 'price' },
    { header: 'was ¥', align: 'right' },
    { header: 'is ¥', align: 'right' },
  ] as const;
  session.print(formatTable(columns, rows));
}
