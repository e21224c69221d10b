import { DuckDBInstance } from '@duckdb/node-api';

export interface ParquetFile {
  /** `offer_id BIGINT` */
  readonly columns: readonly string[];
  /** Values as DuckDB writes them, in the order of the file. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowGroups: number;
}

/** A Parquet file as an implementation sees it that shares nothing with the one that wrote it. */
export async function readParquet(file: string): Promise<ParquetFile> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const read = async (text: string) => {
    const result = await connection.runAndReadAll(text, { file });
    return result.getRows() as (string | null)[][];
  };
  try {
    await connection.run("SET TimeZone = 'UTC'");
    const columns = await read('DESCRIBE SELECT * FROM read_parquet($file)');
    const rows = await read('SELECT columns(*)::varchar FROM read_parquet($file)');
    const groups = await read('SELECT count(DISTINCT row_group_id)::varchar FROM parquet_metadata($file)');
    return {
      columns: columns.map(([name, type]) => `${name ?? ''} ${type ?? ''}`),
      rows,
      rowGroups: Number(groups[0]?.[0]),
    };
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
