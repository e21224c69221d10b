import { randomBytes } from 'node:crypto';
import type { TestDatabase } from './database.ts';

/** A login that works on a database as its owner does, and that may be refused connections. */
export interface LimitedLogin {
  /** Of the database, by this login. */
  readonly url: string;
  /** How many connections it has now. */
  count(): Promise<number>;
  /** From now on it may have `connections`, at most; -1: any number. */
  allow(connections: number): Promise<void>;
  /** Ends all that it has. */
  endAll(): Promise<void>;
  /** To be called before the database is dropped. */
  drop(): Promise<void>;
}

/** Limits of connections do not hold for superusers: this login is a member of the owner only. */
export async function createLimitedLogin({ url, pool }: TestDatabase): Promise<LimitedLogin> {
  const name = `limited_${randomBytes(5).toString('hex')}`;
  const endAll = async () => {
    await pool.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1', [name]);
  };
  await pool.query(`CREATE ROLE ${name} LOGIN PASSWORD 'of-a-limited' IN ROLE CURRENT_USER`);
  return {
    url: Object.assign(new URL(url), { username: name, password: 'of-a-limited' }).href,
    count: async () => {
      const { rowCount } = await pool.query('SELECT FROM pg_stat_activity WHERE usename = $1', [name]);
      return rowCount ?? 0;
    },
    allow: async (connections) => {
      await pool.query(`ALTER ROLE ${name} CONNECTION LIMIT ${String(connections)}`);
    },
    endAll,
    drop: async () => {
      await endAll();
      await pool.query(`REASSIGN OWNED BY ${name} TO CURRENT_USER`);
      await pool.query(`DROP OWNED BY ${name}`);
      await pool.query(`DROP ROLE ${name}`);
    },
  };
}
