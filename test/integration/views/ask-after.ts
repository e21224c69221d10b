import type { TestDatabase } from '../../support/database.ts';
import { linkPrices } from '../../support/link-prices.ts';

/**
 * The rows of a question, as lists, after statements that are taken back: all in one transaction, so that times of it can be
 * compared to the microsecond. Texts of times are of Shanghai.
 */
export async function askAfter(
  { pool }: TestDatabase,
  statements: string,
  question: string,
): Promise<unknown[][]> {
  const client = await pool.connect();
  try {
    await client.query(`BEGIN; SET LOCAL TIME ZONE 'Asia/Shanghai'`);
    await client.query(statements);
    await client.query(linkPrices);
    return (await client.query<unknown[]>({ text: question, rowMode: 'array' })).rows;
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}
