import type { QueryBatch, QueryField } from '../db/read-only-transaction.ts';
import { formatTable } from '../terminal/format-table.ts';
import { safeJson } from '../terminal/safe-text.ts';
import { refuseTwins } from './refuse-twins.ts';

/** `pg_type.oid` of what JSON has a word for. bigint and numeric stay text: a double would change them. */
const typeIds = {
  bool: 16,
  int2: 21,
  int4: 23,
  float4: 700,
  float8: 701,
  json: 114,
  jsonb: 3802,
  int8: 20,
  numeric: 1700,
};

const numberTypes = new Set([typeIds.int2, typeIds.int4, typeIds.float4, typeIds.float8]);
const rightAligned = new Set([...numberTypes, typeIds.int8, typeIds.numeric]);

function toJson(text: string | null, typeId: number): unknown {
  if (text === null) return null;
  if (typeId === typeIds.bool) return text === 't';
  if (typeId === typeIds.json || typeId === typeIds.jsonb) return JSON.parse(text);
  const isNumber = numberTypes.has(typeId) && Number.isFinite(Number(text));
  return isNumber ? Number(text) : text;
}

function toJsonRow(fields: readonly QueryField[], row: readonly (string | null)[]): string {
  return safeJson(
    Object.fromEntries(fields.map(({ name, typeId }, index) => [name, toJson(row[index] ?? null, typeId)])),
  );
}

/** One JSON object a line. @throws AppError QUERY_REFUSED when two columns have one name */
export function formatJsonLines({ fields, rows }: QueryBatch): string {
  refuseTwins(
    fields.map(({ name }) => name),
    'JSON',
  );
  return rows.map((row) => `${toJsonRow(fields, row)}\n`).join('');
}

/** A table as text. */
export function formatBatch({ fields, rows }: QueryBatch): string {
  const columns = fields.map(({ name, typeId }) => ({
    header: name,
    align: rightAligned.has(typeId) ? ('right' as const) : ('left' as const),
  }));
  return `${formatTable(
    columns,
    rows.map((row) => row.map((value) => value ?? '')),
  )}\n`;
}
