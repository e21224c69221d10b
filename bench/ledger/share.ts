import type { CloseStack } from '../../src/core/lifecycle.ts';
import type { Gateway } from '../../src/model/gateway.ts';
import type { Ledger } from '../../src/model/ledger.ts';
import { createMemoryLedger } from '../../test/support/memory-ledger.ts';
import { startSandbox } from '../chaos/start-sandbox.ts';
import { percentile, spread, sum, table } from '../support/numbers.ts';
import { readCpuSeconds, readParent } from '../support/proc.ts';
import { openGateway } from './gateway-client.ts';
import { api, appKey, type LedgerSite } from './site.ts';

const rounds = 3;
const latencyMs = 50;
const context = { runId: null, jobId: null, windowId: null, lane: 'refresh', freshForMs: 0 } as const;

type Part = 'reserve' | 'markSent' | 'settle';
type Times = Record<Part | 'call', number[]>;

/** The same ledger, with the time that each answer takes. */
function timed(ledger: Ledger, times: Times): Ledger {
  const measure = async <T>(part: Part, work: Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const done = await work;
    times[part].push(performance.now() - startedMs);
    return done;
  };
  return {
    reserve: (request) => measure('reserve', ledger.reserve(request)),
    markSent: (callId) => measure('markSent', ledger.markSent(callId)),
    settle: (settlement) => measure('settle', ledger.settle(settlement)),
  };
}

interface Bench {
  readonly gateway: Gateway;
  readonly times: Times;
}

function openBench(ledger: Ledger, baseUrl: string, closing: CloseStack): Bench {
  const times: Times = { reserve: [], markSent: [], settle: [], call: [] };
  const gateway = openGateway({ baseUrl, appKey, ledger: timed(ledger, times) });
  closing.add('gateway', () => gateway.close());
  return { gateway, times };
}

/** Milliseconds of one call on average. */
interface CallCost {
  readonly call: number;
  readonly parts: readonly number[];
  /** CPU time of Postgres. */
  readonly postgres: number;
}

/** Calls for each offer once, `clients` at a time. */
async function callAll({ gateway, times }: Bench, load: Load): Promise<CallCost> {
  for (const part of Object.values(times)) part.length = 0;
  const left = [...load.offerIds];
  const client = async () => {
    for (let offerId = left.pop(); offerId !== undefined; offerId = left.pop()) {
      const startedMs = performance.now();
      const answer = await gateway.call({ operation: 'offer.detail', offerId, language: 'en' }, context);
      if (answer.kind !== 'answered') throw new Error(`a call had to wait: ${answer.by}`);
      times.call.push(performance.now() - startedMs);
    }
  };
  const cpuBefore = readCpuSeconds(load.postmaster);
  await Promise.all(Array.from({ length: load.clients }, client));
  const each = (total: number) => total / load.offerIds.length;
  return {
    call: each(sum(times.call)),
    parts: [times.reserve, times.markSent, times.settle].map((part) => each(sum(part))),
    postgres: each(1000 * (readCpuSeconds(load.postmaster) - cpuBefore)),
  };
}

interface Load {
  readonly offerIds: readonly string[];
  readonly clients: number;
  /** Process id. */
  readonly postmaster: number;
}

async function measureRow(withLedger: Bench, without: Bench, load: Load): Promise<string[]> {
  const real: CallCost[] = [];
  const bare: CallCost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    real.push(await callAll(withLedger, load));
    bare.push(await callAll(without, load));
  }
  const median = (n: number) =>
    percentile(
      real.map(({ parts }) => parts[n] ?? 0),
      0.5,
    );
  const shares = real.map(({ call, parts }) => (100 * sum(parts)) / call);
  const column = (costs: readonly CallCost[], name: 'call' | 'postgres') => costs.map((cost) => cost[name]);
  return [
    String(load.clients),
    spread(column(real, 'call'), 1),
    spread(column(bare, 'call'), 1),
    [0, 1, 2].map((n) => median(n).toFixed(1)).join(', '),
    `${spread(shares, 1)} %`,
    spread(column(real, 'postgres'), 1),
  ];
}

/** The ledger's share of whole calls to a gateway that answers after 50 ms, and the same calls without it. */
export async function reportShare(site: LedgerSite, closing: CloseStack): Promise<string> {
  await site.reset();
  // A pace that never makes a call wait, but is kept all the same.
  await site.quota.applyPresets({ appKey, account: 'business', apis: [api], callsPerSecond: 100_000 });
  const sandbox = await startSandbox({ latencyMs });
  closing.add('sandbox of the share', () => sandbox.stop());
  const { offers } = (await sandbox.ask('/truth?categories=0')) as {
    readonly offers: readonly { readonly id: string }[];
  };
  const [backend] = (await site.pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
  const postmaster = readParent(backend?.pid ?? 0);
  const withLedger = openBench(site.ledger, sandbox.url, closing);
  const without = openBench(createMemoryLedger(), sandbox.url, closing);
  const rows: string[][] = [];
  for (const [clients, calls] of [
    [1, 80],
    [8, 240],
  ] as const) {
    const offerIds = offers.slice(0, calls).map(({ id }) => id);
    rows.push(await measureRow(withLedger, without, { offerIds, clients, postmaster }));
  }
  const head = ['calls at once', 'call, ms', 'without ledger, ms', 'reserve, markSent, settle, ms', 'share'];
  return table([...head, 'CPU of Postgres, ms'], rows);
}
