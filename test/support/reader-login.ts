import { randomBytes } from 'node:crypto';
import type { TestDatabase } from './database.ts';

export interface ReaderLogin {
  readonly name: string;
  /** Of the database, by this login. */
  readonly url: string;
  /** To be called before the database is dropped. */
  drop(): Promise<void>;
}

/** A login that only reads, as DATABASE_READ_URL wants one: what one of the groups may. */
export async function createReaderLogin(
  { url, pool }: TestDatabase,
  group: 'catalog_analyst' | 'catalog_ops' | 'catalog_bi' = 'catalog_ops',
): Promise<ReaderLogin> {
  const name = `reader_${randomBytes(5).toString('hex')}`;
  await pool.query(`CREATE ROLE ${name} LOGIN PASSWORD 'of-a-reader' IN ROLE ${group}`);
  return {
    name,
    url: Object.assign(new URL(url), { username: name, password: 'of-a-reader' }).href,
    drop: async () => {
      await pool.query(`DROP ROLE ${name}`);
    },
  };
}
