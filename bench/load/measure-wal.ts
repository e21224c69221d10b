import type { Pool } from 'pg';

/** Bytes of the write-ahead log by table, its indexes included. */
export type WalByTable = ReadonlyMap<string, number>;

/**
 * What some work writes. Copies of whole pages, which the first change after each checkpoint adds, are left out: they
 * depend on how often there is one, and not on the work.
 */
export async function measureWal(pool: Pool, work: () => Promise<void>): Promise<WalByTable> {
  await pool.query('CREATE EXTENSION IF NOT EXISTS pg_walinspect');
  const position = async () => {
    const { rows } = await pool.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    return rows[0]?.lsn ?? '';
  };
  const from = await position();
  await work();
  const { rows } = await pool.query<{ table_name: string; bytes: string }>(
    `SELECT coalesce(p.relid, i.indrelid, c.oid)::regclass::text AS table_name, sum(w.bytes) AS bytes
     FROM (
       SELECT (array_agg(relfilenode ORDER BY block_id))[1] AS relfilenode,
              max(record_length) - sum(block_fpi_length) AS bytes
       FROM pg_get_wal_block_info($1::pg_lsn, $2::pg_lsn)
       GROUP BY start_lsn
     ) w
     JOIN pg_class c ON pg_relation_filenode(c.oid) = w.relfilenode
     LEFT JOIN pg_index i ON i.indexrelid = c.oid
     LEFT JOIN LATERAL (
       SELECT pg_partition_root(coalesce(i.indrelid, c.oid)) AS relid
     ) p ON p.relid IS NOT NULL
     GROUP BY 1
     ORDER BY 2 DESC`,
    [from, await position()],
  );
  return new Map(rows.map((row) => [row.table_name, Number(row.bytes)]));
}
