import { DuckDBInstance } from '@duckdb/node-api';

export interface ParquetFile {
  /** `offer_id BIGINT` */
  readonly columns: readonly string[];
  /** Values as DuckDB writes them, in the order of the file. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly rowGroups: number;
}

type Row = readonly (string | null)[];

/** Runs queries over one file, `$file`, in a database of DuckDB of its own. */
async function withDuckDb<T>(
  file: string,
  work: (read: (text: string) => Promise<Row[]>) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    return await work(async (text) => {
      const params = text.includes('$file') ? { file } : undefined;
      return (await connection.runAndReadAll(text, params)).getRows() as Row[];
    });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A Parquet file as an implementation sees it that shares nothing with the one that wrote it. */
export async function readParquet(file: string): Promise<ParquetFile> {
  return withDuckDb(file, async (read) => {
    const columns = await read('DESCRIBE SELECT * FROM read_parquet($file)');
    const rows = await read('SELECT columns(*)::varchar FROM read_parquet($file)');
    const groups = await read('SELECT count(DISTINCT row_group_id)::varchar FROM parquet_metadata($file)');
    return {
      columns: columns.map(([name, type]) => `${name ?? ''} ${type ?? ''}`),
      rows,
      rowGroups: Number(groups[0]?.[0]),
    };
  });
}

/** Runs scripts of DuckDB in a folder whose files they name, then a query; its rows as text. */
export async function runDuckDb(
  folder: string,
  scripts: readonly string[],
  query: string,
): Promise<readonly Row[]> {
  return withDuckDb('', async (read) => {
    await read(`SET file_search_path = '${folder}'`);
    for (const script of scripts) await read(script);
    return read(`SELECT columns(*)::varchar FROM (${query})`);
  });
}

/** `avg(after_cny)` over a Parquet file, as DuckDB gives it. */
export async function computeOverParquet(file: string, expression: string): Promise<string | null> {
  return withDuckDb(file, async (read) => {
    const [row] = await read(`SELECT (${expression})::varchar FROM read_parquet($file)`);
    return row?.[0] ?? null;
  });
}
