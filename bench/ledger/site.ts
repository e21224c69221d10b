import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Pool } from 'pg';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger } from '../../src/core/log.ts';
import { migrate } from '../../src/db/migrate.ts';
import { createPool } from '../../src/db/pool.ts';
import { createLedgerCorrections, type LedgerCorrections } from '../../src/ledger/ledger-corrections.ts';
import { createLedgerStore, type LedgerStore } from '../../src/ledger/ledger-store.ts';
import { createQuotaStore, type QuotaStore } from '../../src/ledger/quota-store.ts';
import type { ReserveRequest } from '../../src/model/ledger.ts';
import { startPostgres, type ChaosPostgres } from '../chaos/start-postgres.ts';
import { startRedis, type ChaosRedis } from '../chaos/start-redis.ts';

export const appKey = '1000000';
export const api = 'com.alibaba.fenxiao.crossborder:product.search.queryProductDetail:1';

/** Servers of our own, and a ledger that holds sandbox data, so that its clock can be moved. */
export interface LedgerSite {
  readonly postgres: ChaosPostgres;
  readonly redis: ChaosRedis;
  readonly pool: Pool;
  readonly ledger: LedgerStore;
  readonly quota: QuotaStore;
  readonly corrections: LedgerCorrections;
  /** Moves the ledger's clock to a time; from there it runs on. */
  setTime(at: number): Promise<void>;
  /** Forgets calls, windows and limits; the API stays one that is known to answer. */
  reset(): Promise<void>;
}

const log = createLogger({ level: 'error', pretty: false });

/** As many as the most clients that ask at once, for everyone who is measured. */
const connections = 32;

/** Starts everything from nothing; `closing` stops it and removes its data. */
export async function openLedgerSite(closing: CloseStack): Promise<LedgerSite> {
  const folder = join(import.meta.dirname, '../../.catalog-sync/bench', String(process.pid));
  const postgresFolder = join(folder, 'postgres');
  mkdirSync(folder, { recursive: true });
  closing.add('folder', () => rmSync(folder, { recursive: true, force: true }));
  const postgres = await startPostgres(postgresFolder, log);
  closing.add('postgres', async () => {
    await postgres.stop();
    if (postgres.home !== resolve(postgresFolder)) rmSync(postgres.home, { recursive: true, force: true });
  });
  const redis = await startRedis();
  closing.add('redis', () => redis.stop());
  await migrate({ connectionString: postgres.url, log });
  const pool = createPool({ connectionString: postgres.url, max: connections, log });
  closing.add('pool', () => pool.end());
  await pool.query(`UPDATE sync.database_identity SET source = 'sandbox'`);
  const quota = createQuotaStore({ pool });
  return {
    ...{ postgres, redis, pool, quota },
    ledger: createLedgerStore({ pool, log }),
    corrections: createLedgerCorrections({ pool }),
    setTime: async (at) => {
      const { rows } = await pool.query<{ ms: number }>(
        'SELECT $1::float8 - (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
        [at],
      );
      await quota.setLedgerOffset(rows[0]?.ms ?? 0);
    },
    reset: async () => {
      await pool.query(
        `TRUNCATE usage.api_call, usage.in_flight, usage.quota_period, usage.pace, usage.quota_limit, usage.api_hold,
                  usage.backoff, raw.payload, sync.api_permission`,
      );
      await pool.query(
        `INSERT INTO sync.api_permission (app_key, api, observed) VALUES ($1, $2, 'allowed'), ('1000001', $2, 'allowed')`,
        [appKey, api],
      );
      await quota.setLedgerOffset(0);
    },
  };
}

let requests = 0;

/** A request that nobody has made before. */
export function newRequest(overrides: Partial<ReserveRequest> = {}): ReserveRequest {
  requests += 1;
  const offerId = String(requests);
  return {
    ...{ appKey, api, request: { operation: 'offer.detail', offerId, language: 'en' } },
    requestHash: createHash('sha256').update(offerId).digest('hex'),
    ...{ lane: 'manual', runId: null, jobId: null, windowId: null, freshForMs: 0, sendWithinMs: 15_000 },
    tokenHash: null,
    isExempt: false,
    ...overrides,
  };
}
