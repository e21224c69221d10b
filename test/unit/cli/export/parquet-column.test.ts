import { describe, expect, it } from 'vitest';
import { toParquetColumn } from '../../../../src/cli/export/parquet-column.ts';
import { writeParquet } from '../../../../src/cli/export/write-parquet.ts';
import type { ExportColumn, ExportReader } from '../../../../src/maintenance/export/export-rows.ts';

/** What Postgres says of numeric(precision, scale). */
const modifierOf = (precision: number, scale: number) => ((precision << 16) | (scale & 0x7ff)) + 4;
const column = (typeId: number, typeModifier = -1, isArray = false): ExportColumn => ({
  ...{ name: 'a', typeId, typeModifier, isArray },
});
const utf8 = { type: 'BYTE_ARRAY', converted_type: 'UTF8' };

it.each<[string, number, object, string, unknown]>([
  ['bool', 16, { type: 'BOOLEAN' }, 't', true],
  ['bool', 16, { type: 'BOOLEAN' }, 'f', false],
  ['int2', 21, { type: 'INT32' }, '-7', -7],
  ['int4', 23, { type: 'INT32' }, '7', 7],
  ['int8', 20, { type: 'INT64' }, '9223372036854775807', 9_223_372_036_854_775_807n],
  ['float4', 700, { type: 'FLOAT' }, '0.5', 0.5],
  ['float8', 701, { type: 'DOUBLE' }, '1e300', 1e300],
  ['date', 1082, { type: 'INT32', converted_type: 'DATE' }, '1970-01-03', 2],
  ['bytea', 17, { type: 'BYTE_ARRAY' }, String.raw`\x01ff`, new Uint8Array([1, 255])],
  [
    ...(['timestamptz', 1184] as const),
    {
      ...{ type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
      logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    },
    ...(['1970-01-01 00:00:01+00', 1_000_000n] as const),
  ],
  [
    ...(['timestamp', 1114] as const),
    { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' } },
    ...(['1970-01-01 00:00:01', 1_000_000n] as const),
  ],
  ['text', 25, utf8, 'x', 'x'],
])('%s', (...[, typeId, element, text, value]) => {
  const { element: written, convert } = toParquetColumn(column(typeId));
  expect(written).toMatchObject({ ...element, name: 'a', repetition_type: 'OPTIONAL' });
  expect(convert(text)).toEqual(value);
  expect(convert(null)).toBeNull();
});

it('a timestamp without zone has no converted type, which would be one of UTC', () => {
  expect(toParquetColumn(column(1114)).element.converted_type).toBeUndefined();
});

describe('numeric', () => {
  it.each([
    [18, 4, { type: 'INT64', precision: 18, scale: 4 }],
    [19, 0, { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 19, scale: 0 }],
    [38, 38, { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, precision: 38, scale: 38 }],
  ])('(%i, %i) is a decimal', (precision, scale, element) => {
    const { element: written, convert } = toParquetColumn(column(1700, modifierOf(precision, scale)));
    expect(written).toMatchObject({ ...element, converted_type: 'DECIMAL' });
    expect(convert('1')).toBe(10n ** BigInt(scale));
  });

  it.each([
    ['without a precision', -1],
    ['of 39 digits', modifierOf(39, 0)],
    ['with a scale below 0', modifierOf(5, -1)],
    ['with a scale above its precision', modifierOf(5, 6)],
  ])('%s is text', (_, modifier) => {
    expect(toParquetColumn(column(1700, modifier)).element).toMatchObject(utf8);
  });
});

it('an array is text, whatever it holds', () => {
  expect(toParquetColumn(column(23, -1, true)).element).toMatchObject(utf8);
});

it.each([
  [1184, 'infinity'],
  [1082, '-infinity'],
  [1700, 'NaN'],
])('what Parquet has no value for is refused: type %i, %s', (typeId, text) => {
  const { convert } = toParquetColumn(column(typeId, modifierOf(9, 2)));
  expect(() => convert(text)).toThrow(`column a holds ${text}`);
});

/** A reader of batches of one column. */
const readerOf = (batches: readonly string[][], columns = [column(25)]): ExportReader => ({
  ...{ columns, snapshotAt: new Date(0), readCsv: async () => null },
  readRows: async (read) => {
    for (const batch of batches) if (!(await read(batch.map((text) => [text])))) return false;
    return true;
  },
});

describe('rows as Parquet', () => {
  /** The rows that were written up to each call, and what came out; it stops after so many calls. */
  async function write(batches: readonly string[][], stopAfter = Infinity) {
    const calls: number[] = [];
    let text = '';
    const rows = await writeParquet(readerOf(batches), async (bytes, so) => {
      calls.push(so);
      text += Buffer.from(bytes).toString('latin1');
      return calls.length < stopAfter;
    });
    return { calls, rows, text };
  }

  it('end in groups of 50,000, then in what describes them', async () => {
    const [half, one] = [Array.from({ length: 25_000 }, () => 'x'), ['y']];
    const { calls, rows, text } = await write([half, half, one]);
    expect({ calls, rows }).toEqual({ calls: [50_000, 50_001, 50_001], rows: 50_001 });
    expect(text.slice(0, 4) + text.slice(-4)).toBe('PAR1PAR1');
    expect(text).toContain('catalog-sync');
    expect((await write([half, half.slice(1)])).calls).toEqual([49_999, 49_999]);
    expect(await write([])).toMatchObject({ calls: [0, 0], rows: 0 });
  });

  it('are null when the reader of the file left', async () => {
    const half = Array.from({ length: 25_000 }, () => 'x');
    expect(await write([half, half, ['y']], 1)).toMatchObject({ calls: [50_000], rows: null });
    expect(await write([['y']], 1)).toMatchObject({ calls: [1], rows: null });
    expect(await write([['y']], 2)).toMatchObject({ calls: [1, 1], rows: null });
  });

  it('cannot have two columns of one name', async () => {
    const columns = [{ ...column(25), name: 'b' }, column(25), column(23)];
    await expect(writeParquet(readerOf([], columns), async () => true)).rejects.toThrow(
      'two columns are named a, which Parquet does not allow: rename one with AS',
    );
  });
});
