import type { Pool } from 'pg';
import { createTestDatabase } from './database.ts';

/** Where the clock of a still ledger stands: noon in Shanghai. */
export const noon = '2026-11-25T04:00:00.000Z';

/** A time, by the seconds that it is after noon. */
export const at = (seconds: number): string => new Date(Date.parse(noon) + seconds * 1000).toISOString();

/** A row of a table, by its columns. */
export type Row = readonly [table: string, values: Readonly<Record<string, unknown>>];

export interface StillLedger {
  /** Puts rows in, does `work` on one connection, and takes everything back. */
  within<T>(rows: readonly Row[], work: (pool: Pool) => Promise<T>): Promise<T>;
  /** Runs statements in turn `within` rows. @returns the rows of the last statement */
  read(rows: readonly Row[], ...statements: readonly string[]): Promise<unknown[][]>;
  close(): Promise<void>;
}

/** A database whose ledger's clock stands still at noon, so that a limit can be met to the millisecond. */
export async function openStillLedger(): Promise<StillLedger> {
  const db = await createTestDatabase();
  await db.pool.query(
    `CREATE OR REPLACE FUNCTION usage.ledger_now() RETURNS timestamptz LANGUAGE plpgsql STABLE AS
     $$ BEGIN RETURN timestamptz '${noon}'; END $$`,
  );
  await db.pool.query('SELECT sync.ensure_partitions($1, 0)', [noon]);
  const within = async <T>(rows: readonly Row[], work: (pool: Pool) => Promise<T>): Promise<T> => {
    const client = await db.pool.connect();
    try {
      await client.query('BEGIN');
      for (const [table, values] of rows) {
        const columns = Object.keys(values).map((name) => `"${name}"`);
        await client.query(
          `INSERT INTO ${table} (${columns.join()}) OVERRIDING SYSTEM VALUE
           SELECT ${columns.join()} FROM jsonb_populate_record(NULL::${table}, $1)`,
          [JSON.stringify(values)],
        );
      }
      // What only makes queries takes a connection for a pool.
      return await work(client as unknown as Pool);
    } finally {
      await client.query('ROLLBACK');
      client.release();
    }
  };
  return {
    within,
    read: (rows, ...statements) =>
      within(rows, async (pool) => {
        let found: unknown[][] = [];
        for (const text of statements) {
          ({ rows: found } = await pool.query<unknown[]>({ text, rowMode: 'array' }));
        }
        return found;
      }),
    close: () => db.drop(),
  };
}

/** A limit of app `app` since yesterday: by default 31 calls a second for all of its APIs, which leaves a pace of 25. */
export const limit = (values: Row[1] = {}): Row => [
  'usage.quota_limit',
  {
    ...{ app_key: 'app', api: '*', period_kind: 'second', call_limit: 31, reset: 'calendar' },
    ...{ zone: 'Asia/Shanghai', source: 'configured', is_assumed: false },
    ...{ valid_from: at(-86_400), created_at: at(-86_400) },
    ...values,
  },
];

/** A call of `api` that was granted and sent at a time, and answered well. */
export const call = (callId: number, seconds: number, values: Row[1] = {}): Row => [
  'usage.api_call',
  {
    ...{ call_id: callId, granted_at: at(seconds), send_at: at(seconds), sent_at: at(seconds) },
    ...{ send_by: at(seconds + 5), app_key: 'app', api: 'api', operation: 'offer.detail', request: {} },
    ...{ request_hash: `\\x0${callId % 10}`, lane: 'manual', is_exempt: false, quota_period_ids: [] },
    ...{ state: 'committed', outcome: 'ok' },
    ...values,
  },
];

export interface Request {
  readonly lane?: string;
  readonly runId?: number;
  readonly freshFor?: string;
  readonly isExempt?: boolean;
  /** Hex of the hash of its token. */
  readonly token?: string;
}

/** Reserves a call of `api` with request 01; it leaves within 5 s and takes a minute at most. */
export const reserveText = ({ lane = 'refresh', runId, freshFor = '0', isExempt = false, token }: Request) =>
  `CREATE TEMP TABLE answer ON COMMIT DROP AS SELECT * FROM usage.reserve('app', 'api', 'offer.detail', '{}', '\\x01', '${lane}',
     ${runId ?? 'NULL'}, 'job', NULL, '${freshFor}', '5 seconds', '1 minute', ${isExempt}, ${token === undefined ? 'NULL' : `'\\x${token}'`})`;

/** What `reserveText` was answered, as one row: kind, by what, ms until it may be asked again, ms until it leaves. */
export const decision = 'SELECT kind, denied_by, retry_after_ms::int, send_after_ms FROM answer';

/** The decision that it may leave, after some ms. */
export const granted = (afterMs = 0) => ['granted', null, null, afterMs];
/** The decision that it may not; `afterMs` null: nobody knows until when. */
export const denied = (by: string, afterMs: number | null) => ['denied', by, afterMs, null];
