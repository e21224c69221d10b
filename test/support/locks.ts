/** A statement for the locks of this database that meet a condition: pg_locks shows those of every database of a server. */
export const locksHere = (condition: string): string =>
  `SELECT FROM pg_locks
   WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND ${condition}`;
