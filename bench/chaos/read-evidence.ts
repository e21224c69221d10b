import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Pool } from 'pg';
import { readSql } from '../../src/health/read-sql.ts';
import type { LedgerCall } from './evidence.ts';
import type { Leftovers } from './judges/judge-catalog.ts';
import type { Writing } from './judges/judge-secrets.ts';

const ms = (column: string) => `extract(epoch FROM ${column}) * 1000`;

/** The whole ledger, in the order of call ids. */
export async function readLedger(pool: Pool): Promise<LedgerCall[]> {
  const { rows } = await pool.query<LedgerCall>(
    `SELECT c.call_id AS "callId", c.api, c.operation, encode(c.request_hash, 'hex') AS "requestHash", c.state,
            c.outcome, c.is_exempt AS "isExempt", (${ms('granted_at')})::float8 AS "grantedAt",
            (${ms('send_by')})::float8 AS "sendBy", (${ms('sent_at')})::float8 AS "sentAt",
            (${ms('settled_at')})::float8 AS "settledAt", p.raw_id IS NOT NULL AS "isStored"
     FROM usage.api_call c LEFT JOIN raw.payload p ON p.raw_id = c.raw_id AND p.call_id = c.call_id
     ORDER BY c.call_id`,
  );
  return rows;
}

const counts: Readonly<Record<Exclude<keyof Leftovers, 'overlappingPrices'>, string>> = {
  runs: 'SELECT count(*) FROM sync.run',
  slots: 'SELECT count(*) FROM sync.slot',
  openRuns: 'SELECT count(*) FROM sync.run WHERE ended_at IS NULL',
  openSlots: `SELECT count(*) FROM sync.slot s
    WHERE outcome IN ('ran', 'merged') AND NOT EXISTS (SELECT FROM sync.run r WHERE r.run_id = s.run_id)`,
  unloadedAnswers: 'SELECT count(*) FROM raw.payload WHERE loaded_at IS NULL',
  quarantinedRows: 'SELECT count(*) FROM sync.quarantine',
  leases: `SELECT (SELECT count(*) FROM sync.refresh WHERE leased_by IS NOT NULL)
    + (SELECT count(*) FROM sync.search_window WHERE leased_by IS NOT NULL)
    + (SELECT count(*) FROM sync.category_visit WHERE leased_by IS NOT NULL)`,
  miscountedPeriods: `SELECT count(*) FROM usage.quota_period w
    LEFT JOIN (
      SELECT id, count(*) AS granted, count(*) FILTER (WHERE state = 'refunded') AS refunded,
             count(*) FILTER (WHERE state = 'unknown') AS lost
      FROM usage.api_call CROSS JOIN LATERAL unnest(quota_period_ids) id GROUP BY id
    ) c ON c.id = w.period_id
    WHERE (w.granted, w.refunded, w."unknown")
      IS DISTINCT FROM (coalesce(c.granted, 0), coalesce(c.refunded, 0), coalesce(c.lost, 0))`,
  miscountedRuns: `SELECT count(*) FROM sync.run r
    WHERE calls_used <> (SELECT count(*) FROM usage.api_call c
                         WHERE c.run_id = r.run_id AND NOT is_exempt AND state <> 'refunded')`,
};

/** What is left over when all work is done. */
export async function readLeftovers(pool: Pool): Promise<Leftovers> {
  const columns = Object.entries(counts).map(([name, sql]) => `(${sql})::int AS "${name}"`);
  const { rows } = await pool.query<Omit<Leftovers, 'overlappingPrices'>>(`SELECT ${columns.join(', ')}`);
  const offers = await pool.query<{ ids: string[] | null }>(
    'SELECT array_agg(offer_id) AS ids FROM catalog.offer',
  );
  const overlaps = await pool.query(readSql('audit-price-overlaps'), [offers.rows[0]?.ids ?? []]);
  if (!rows[0]) throw new Error('the database says nothing of itself');
  return { ...rows[0], overlappingPrices: overlaps.rows.length };
}

function unzipped(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString();
  } catch {
    return '';
  }
}

function toText(value: unknown): string {
  if (Buffer.isBuffer(value)) return `${value.toString('latin1')}\n${unzipped(value)}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Rows held in memory at once; an answer has some kilobytes. */
const rowsAtOnce = 2000;

/** Every value of every table, queue included; compressed ones in both forms. */
async function* readTables(pool: Pool): AsyncGenerator<Writing> {
  const client = await pool.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
    );
    for (const { name } of tables) {
      await client.query(`BEGIN; DECLARE every_row CURSOR FOR SELECT * FROM ${name}`);
      for (let isMore = true; isMore;) {
        const { rows } = await client.query<unknown[]>({
          text: `FETCH ${rowsAtOnce} FROM every_row`,
          rowMode: 'array',
        });
        isMore = rows.length > 0;
        yield { name: `table ${name}`, text: rows.flat().map(toText).join('\n') };
      }
      await client.query('COMMIT');
    }
  } finally {
    client.release();
  }
}

async function* readLogs(folder: string): AsyncGenerator<Writing> {
  for (const name of readdirSync(folder)) {
    let tail = '';
    for await (const chunk of createReadStream(join(folder, name), 'utf8') as AsyncIterable<string>) {
      yield { name: `log ${name}`, text: tail + chunk };
      // A secret may lie across two pieces.
      tail = chunk.slice(-200);
    }
  }
}

export interface WritingPlaces {
  readonly pool: Pool;
  readonly logFolder: string;
  /** What Postgres wrote itself. */
  readonly serverLogs: readonly string[];
  readonly queueDumps: readonly string[];
}

/** Everything that the product wrote, wherever. */
export async function* readWritings(places: WritingPlaces): AsyncGenerator<Writing> {
  yield* readLogs(places.logFolder);
  for (const file of places.serverLogs.filter(existsSync))
    yield { name: 'the log of Postgres', text: readFileSync(file, 'utf8') };
  for (const text of places.queueDumps) yield { name: 'a queue in Redis', text };
  yield* readTables(places.pool);
}
