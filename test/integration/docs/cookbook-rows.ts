/** The ids that the cookbook writes for one's own. */
export const offer1 = '610947572360';
export const offer2 = '610947572361';
export const category1 = '1042954';

/** Finds an offer of which a SKU vanished. */
export const lostSku = `SELECT offer_id FROM analytics.dim_sku_history WHERE state = 'gone' LIMIT 1`;

/** A row of an answer, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of type date, as the driver gives it: midnight of this machine. */
export const dayText = (value: unknown) => (value instanceof Date ? value.toLocaleDateString('sv') : '');

/** What tells one price from another: offer, SKU, kind, quantity. */
export const rowKey = (row: Row, kind = 'list') =>
  [row['offer_id'], row['sku_id'], kind, row['min_quantity']].join('/');

/** A numeric column as a number; null stays null. */
export const number = (value: unknown) => (value === null ? null : Number(value));
