import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { createLogger } from '../../src/core/log.ts';
import type { CountOptions } from '../../src/ledger/change-and-count.ts';
import { createLedgerCorrections, type LedgerCorrections } from '../../src/ledger/ledger-corrections.ts';
import { createLedgerStore, type LedgerStore } from '../../src/ledger/ledger-store.ts';
import { createQuotaStore, type QuotaStore } from '../../src/ledger/quota-store.ts';
import { createRawStore, type RawStore } from '../../src/raw/raw-store.ts';
import type { ReserveAnswer, ReserveRequest, Settlement } from '../../src/model/ledger.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const appKey = '1234567';
export const api = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';
export const otherApi = 'com.alibaba.product:alibaba.category.get:1';

export const silentLog = createLogger({ level: 'silent', pretty: false });

/** A request of its own for every `name`. */
export function requestFor(name: string, overrides: Partial<ReserveRequest> = {}): ReserveRequest {
  return {
    appKey,
    api,
    request: { operation: 'offer.detail', offerId: name, language: 'en' },
    requestHash: createHash('sha256').update(name).digest('hex'),
    lane: 'manual',
    runId: null,
    jobId: null,
    windowId: null,
    freshForMs: 0,
    sendWithinMs: 5_000,
    tokenHash: null,
    isExempt: false,
    ...overrides,
  };
}

export function settlementFor(callId: string, overrides: Partial<Settlement> = {}): Settlement {
  return {
    callId,
    observedAt: new Date('2026-11-25T04:00:00Z'),
    state: 'committed',
    outcome: 'ok',
    gatewayCode: null,
    httpStatus: 200,
    latencyMs: 12.4,
    responseBytes: 2,
    body: Buffer.from('{}'),
    shows: null,
    ...overrides,
  };
}

type Granted = Extract<ReserveAnswer, { kind: 'granted' }>;

export interface OpenLedger {
  readonly db: TestDatabase;
  readonly ledger: LedgerStore;
  readonly quota: QuotaStore;
  readonly raw: RawStore;
  readonly corrections: LedgerCorrections;
  /** Reserves, and fails the test unless the call is granted. */
  grant(name: string, overrides?: Partial<ReserveRequest>): Promise<Granted>;
  /** Moves the ledger's clock to a time; from there it runs on. */
  setTime(time: string): Promise<void>;
  startRun(budgetCalls: number | null): Promise<string>;
  /** Column `state` of calls, oldest first. */
  callStates(): Promise<string[]>;
  /** Forgets every call, window, limit, hold and answer, and sets the clock to the real time. */
  reset(): Promise<void>;
}

/** As after a first answer of each: an API of which nothing is known is called by one at a time. */
async function allowApis(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO sync.api_permission (app_key, api, observed) SELECT $1, unnest($2::text[]), 'allowed'`,
    [appKey, [api, otherApi]],
  );
}

/** A ledger over a database of its own, which holds sandbox data so that its clock can be moved. */
export async function openLedger(options: Partial<CountOptions> = {}): Promise<OpenLedger> {
  const db = await createTestDatabase();
  const { pool } = db;
  await pool.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
  await allowApis(pool);
  const ledger = createLedgerStore({ pool, log: silentLog, ...options });
  const quota = createQuotaStore({ pool, ...options });
  return {
    db,
    ledger,
    quota,
    raw: createRawStore({ pool }),
    corrections: createLedgerCorrections({ pool }),
    grant: async (name, overrides) => {
      const answer = await ledger.reserve(requestFor(name, overrides));
      if (answer.kind !== 'granted') throw new Error(`not granted: ${JSON.stringify(answer)}`);
      return answer;
    },
    setTime: async (time) => {
      const { rows } = await pool.query<{ ms: number }>(
        `SELECT (extract(epoch FROM $1::timestamptz - clock_timestamp()) * 1000)::float8 AS ms`,
        [time],
      );
      await quota.setLedgerOffset(rows[0]?.ms ?? 0);
    },
    startRun: async (budgetCalls) => {
      const { rows } = await pool.query<{ run_id: string }>(
        `INSERT INTO sync.run (scope, trigger, source, status, feeds, budget_calls)
         VALUES (gen_random_uuid()::text, 'cli', 'sandbox', 'running', '[]', $1) RETURNING run_id`,
        [budgetCalls],
      );
      return String(rows[0]?.run_id);
    },
    callStates: async () => {
      const { rows } = await pool.query<{ state: string }>(
        'SELECT state FROM usage.api_call ORDER BY call_id',
      );
      return rows.map((row) => row.state);
    },
    reset: async () => {
      await pool.query(
        `TRUNCATE usage.api_call, usage.in_flight, usage.quota_period, usage.pace, usage.quota_limit, usage.api_hold,
                  raw.payload, usage.access_token, sync.run, sync.api_permission, sync.application, usage.backoff, usage.api_group`,
      );
      await pool.query('UPDATE usage.ledger_epoch SET epoch = NULL, changed_at = NULL');
      await allowApis(pool);
      await quota.setLedgerOffset(0);
    },
  };
}
