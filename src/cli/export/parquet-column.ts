import type { SchemaElement } from 'hyparquet-writer';
import { AppError } from '../../core/errors.ts';
import type { ExportColumn } from '../../maintenance/export/export-rows.ts';
import { cliErrors } from '../../app/errors.ts';
import { parseDecimal, parseTimeMicros } from './parquet-values.ts';
import { typeIds } from './type-ids.ts';

/** A value as the writer of Parquet takes it. */
export type ParquetValue = string | number | bigint | boolean | Uint8Array | null;

/** How a column of Postgres is written to Parquet. */
export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
  /** @throws AppError EXPORT_VALUE_UNFIT */
  readonly convert: (text: string | null) => ParquetValue;
}

interface Kind {
  readonly element: Omit<SchemaElement, 'name' | 'repetition_type'>;
  /** Null: Parquet has no such value. */
  readonly convert: (text: string) => ParquetValue;
}

const text: Kind = {
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  convert: (value) => value,
};

const micros = (isUtc: boolean): Kind => ({
  element: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: isUtc, unit: 'MICROS' },
    ...(isUtc ? { converted_type: 'TIMESTAMP_MICROS' as const } : {}),
  },
  convert: parseTimeMicros,
});

const dayMicros = 86_400_000_000n;

const kinds: Readonly<Record<number, Kind>> = {
  [typeIds.bool]: { element: { type: 'BOOLEAN' }, convert: (value) => value === 't' },
  [typeIds.int2]: { element: { type: 'INT32' }, convert: Number },
  [typeIds.int4]: { element: { type: 'INT32' }, convert: Number },
  [typeIds.int8]: { element: { type: 'INT64' }, convert: BigInt },
  [typeIds.float4]: { element: { type: 'FLOAT' }, convert: Number },
  [typeIds.float8]: { element: { type: 'DOUBLE' }, convert: Number },
  [typeIds.timestamptz]: micros(true),
  [typeIds.timestamp]: micros(false),
  [typeIds.date]: {
    element: { type: 'INT32', converted_type: 'DATE' },
    convert: (value) => {
      const at = parseTimeMicros(value);
      return at === null ? null : Number(at / dayMicros);
    },
  },
  [typeIds.bytea]: {
    element: { type: 'BYTE_ARRAY' },
    convert: (value) => new Uint8Array(Buffer.from(value.slice(2), 'hex')),
  },
};

/** The number of digits that always fit into a 64-bit integer, and into 16 bytes. */
const [digitsOfInt64, digitsOf16Bytes] = [18, 38];

/** A numeric with a precision of its own becomes a DECIMAL; any other one has no bound and stays text. */
function numericKind(typeModifier: number): Kind {
  const precision = ((typeModifier - 4) >> 16) & 0xffff;
  const scale = (((typeModifier - 4) & 0x7ff) ^ 1024) - 1024;
  if (typeModifier < 4 || precision > digitsOf16Bytes || scale < 0 || scale > precision) return text;
  const size =
    precision <= digitsOfInt64
      ? ({ type: 'INT64' } as const)
      : ({ type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16 } as const);
  return {
    element: {
      ...size,
      converted_type: 'DECIMAL',
      logical_type: { type: 'DECIMAL', precision, scale },
      precision,
      scale,
    },
    convert: (value) => parseDecimal(value, scale),
  };
}

function kindOf({ typeId, typeModifier, isArray }: ExportColumn): Kind {
  if (isArray) return text;
  return typeId === typeIds.numeric ? numericKind(typeModifier) : (kinds[typeId] ?? text);
}

/** How values of a column of Postgres are written to Parquet: docs/export.md has the table. */
export function toParquetColumn(column: ExportColumn): ParquetColumn {
  const { name } = column;
  const { element, convert } = kindOf(column);
  return {
    name,
    element: { ...element, name, repetition_type: 'OPTIONAL' },
    convert: (value) => {
      if (value === null) return null;
      const converted = convert(value);
      if (converted !== null) return converted;
      throw new AppError(cliErrors.EXPORT_VALUE_UNFIT, `column ${name} holds ${value}`);
    },
  };
}
