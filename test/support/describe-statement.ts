import type pg from 'pg';
import type { ValueKind } from './sql-uses.ts';

export interface DescribedColumn {
  readonly name: string;
  readonly kind: ValueKind;
}

/** By `pg_type.oid`, what node-postgres makes of a value. Every other type arrives as text. */
const kindByOid: Readonly<Record<number, ValueKind>> = {
  16: 'boolean',
  17: 'Buffer',
  21: 'number',
  23: 'number',
  26: 'number',
  114: 'json',
  700: 'number',
  701: 'number',
  1000: 'boolean[]',
  1005: 'number[]',
  1007: 'number[]',
  1009: 'string[]',
  1015: 'string[]',
  1016: 'string[]',
  1021: 'number[]',
  1022: 'number[]',
  1082: 'Date',
  1114: 'Date',
  1184: 'Date',
  1185: 'Date[]',
  1231: 'number[]',
  2951: 'string[]',
  3802: 'json',
};

interface FieldDescription {
  readonly name: string;
  readonly dataTypeID: number;
}

/** The part of a connection that speaks the extended protocol; node-postgres hands it to what is submitted. */
interface Wire {
  parse(statement: { text: string; name: string; types: number[] }): void;
  describe(target: { type: 'S'; name: string }): void;
  sync(): void;
}

/**
 * Has Postgres parse one statement and say what it returns, without running it: what PREPARE checks (that it is one
 * statement, and every table, column and type), and its columns.
 */
export function describeStatement(client: pg.ClientBase, text: string): Promise<DescribedColumn[]> {
  return new Promise((resolve, reject) => {
    let columns: DescribedColumn[] = [];
    client.query({
      submit: (wire: Wire) => {
        wire.parse({ text, name: '', types: [] });
        wire.describe({ type: 'S', name: '' });
        wire.sync();
      },
      handleRowDescription: ({ fields }: { fields: FieldDescription[] }) => {
        columns = fields.map(({ name, dataTypeID }) => ({ name, kind: kindByOid[dataTypeID] ?? 'string' }));
      },
      handleError: reject,
      handleReadyForQuery: () => {
        resolve(columns);
      },
    } as unknown as pg.Submittable);
  });
}
