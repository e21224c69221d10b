/* One process of the product that calls as fast as the ledger lets it, for a while. */
import { sleep } from '../../src/core/clock.ts';
import { createLogger } from '../../src/core/log.ts';
import { createPool } from '../../src/db/pool.ts';
import { createLedgerStore } from '../../src/ledger/ledger-store.ts';
import { openGateway } from './gateway-client.ts';

export interface CallerOptions {
  readonly databaseUrl: string;
  readonly baseUrl: string;
  readonly appKey: string;
  /** Apart from those of other processes. */
  readonly firstOfferId: number;
  readonly forMs: number;
}

const atOnce = 8;
const options = JSON.parse(process.argv[2] ?? '{}') as CallerOptions;
const log = createLogger({ level: 'error', pretty: false });
const pool = createPool({ connectionString: options.databaseUrl, max: atOnce, log });
const gateway = openGateway({ ...options, ledger: createLedgerStore({ pool, log }) });
const endsAtMs = performance.now() + options.forMs;
let offerId = options.firstOfferId;

async function callOn(): Promise<void> {
  while (performance.now() < endsAtMs) {
    offerId += 1;
    const request = { operation: 'offer.detail', offerId: String(offerId), language: 'en' } as const;
    const context = { runId: null, jobId: null, windowId: null, lane: 'manual', freshForMs: 0 } as const;
    // What the gateway refuses is in its own log.
    const answer = await gateway.call(request, context).catch(() => null);
    if (answer?.kind === 'waiting') await sleep(answer.retryAfterMs ?? 1000);
  }
}

await Promise.all(Array.from({ length: atOnce }, callOn));
await gateway.close();
await pool.end();
