import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { ExportReader } from '../../maintenance/export/export-rows.ts';
import { refuseTwins } from '../refuse-twins.ts';
import { toParquetColumn, type ParquetColumn, type ParquetValue } from './parquet-column.ts';

/**
 * Rows of a row group, which is in memory as a whole. At a tenth, readers find small groups and files grow; at tenfold,
 * rows with long texts take gigabytes.
 */
const rowGroupRows = 50_000;

function toSchema(columns: readonly ParquetColumn[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.map(({ element }) => element)];
}

/** Encodes rows, a row group at a time. */
class GroupEncoder {
  rows = 0;
  readonly #columns: readonly ParquetColumn[];
  readonly #buffer = new ByteWriter();
  readonly #parquet: ParquetWriter;
  #group: ParquetValue[][];

  constructor(columns: readonly ParquetColumn[]) {
    this.#columns = columns;
    this.#group = columns.map(() => []);
    const schema = toSchema(columns);
    this.#parquet = new ParquetWriter({ writer: this.#buffer, schema, createdBy: 'catalog-sync' });
  }

  get isFull(): boolean {
    return (this.#group[0]?.length ?? 0) >= rowGroupRows;
  }

  add(rows: readonly (readonly (string | null)[])[]): void {
    for (const row of rows) {
      this.#columns.forEach(({ convert }, index) => this.#group[index]?.push(convert(row[index] ?? null)));
    }
  }

  /** The bytes since the last call: those of the rows that were added, if any. */
  async endGroup(): Promise<Uint8Array> {
    const group = this.#group;
    const size = group[0]?.length ?? 0;
    this.#group = group.map(() => []);
    if (size > 0) {
      await this.#parquet.write({
        columnData: this.#columns.map(({ name }, index) => ({
          name,
          data: group[index] ?? [],
          offsetIndex: false,
        })),
        rowGroupSize: size,
      });
    }
    this.rows += size;
    return this.#take();
  }

  async finish(): Promise<Uint8Array> {
    await this.#parquet.finish();
    return this.#take();
  }

  #take(): Uint8Array {
    const bytes = this.#buffer.getBytes().slice();
    this.#buffer.index = 0;
    return bytes;
  }
}

/**
 * Writes the rows of an export as Parquet.
 *
 * @param write is given the bytes and how many rows they end; false: the reader has stopped
 * @returns how many rows, or null when the reader stopped
 * @throws AppError EXPORT_VALUE_UNFIT, QUERY_REFUSED
 */
export async function writeParquet(
  reader: ExportReader,
  write: (bytes: Uint8Array, rows: number) => Promise<boolean>,
): Promise<number | null> {
  const columns = reader.columns.map(toParquetColumn);
  refuseTwins(
    columns.map(({ name }) => name),
    'Parquet',
  );
  const encoder = new GroupEncoder(columns);
  const isComplete = await reader.readRows(async (rows) => {
    encoder.add(rows);
    return !encoder.isFull || write(await encoder.endGroup(), encoder.rows);
  });
  if (!isComplete) return null;
  const isWanted =
    (await write(await encoder.endGroup(), encoder.rows)) &&
    (await write(await encoder.finish(), encoder.rows));
  return isWanted ? encoder.rows : null;
}
