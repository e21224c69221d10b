import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

/** The rows of a table, as COPY writes them. */
export interface KeptTable {
  readonly name: string;
  readonly columns: string;
  readonly rows: number;
  readonly text: Buffer;
}

/** What a load of details fills, in an order that foreign keys allow. */
const filledTables = [
  'catalog.seller',
  'catalog.offer',
  'catalog.offer_attribute',
  'catalog.sku',
  'catalog.price',
  'catalog.observation',
  'sync.refresh',
  'sync.seller_observation',
] as const;

async function keepTable(pool: Pool, name: string): Promise<KeptTable> {
  const { rows: described } = await pool.query<{ columns: string; rows: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns, (SELECT count(*) FROM ${name}) AS rows
     FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''`,
    [name],
  );
  const { columns = '', rows = '0' } = described[0] ?? {};
  const client = await pool.connect();
  try {
    const stream = client.query(copyTo(`COPY (SELECT ${columns} FROM ${name}) TO STDOUT`));
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(stream, 'end');
    return { name, columns, rows: Number(rows), text: Buffer.concat(chunks) };
  } finally {
    client.release();
  }
}

/** Keeps what a load made, to be written again in other ways. */
export async function keepRows(pool: Pool): Promise<KeptTable[]> {
  const kept: KeptTable[] = [];
  for (const name of filledTables) kept.push(await keepTable(pool, name));
  return kept;
}

/** Writes the rows into their emptied tables by COPY, one transaction in all, indexes and constraints in place. */
export async function copyRows(pool: Pool, tables: readonly KeptTable[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    for (const { name, columns, text } of tables)
      await pipeline(Readable.from([text]), client.query(copyFrom(`COPY ${name} (${columns}) FROM STDIN`)));
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
