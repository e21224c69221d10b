import { bigint, customType, numeric, timestamp } from 'drizzle-orm/pg-core';

/** Ids of 1688 and our own: some exceed 2^53. */
export const id = (name: string) => bigint(name, { mode: 'bigint' });

/** A point in time, in UTC. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Yuan, to the hundredth of a fen. */
export const money = (name: string) => numeric(name, { precision: 14, scale: 4 });

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
