import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CloseStack } from '../../src/core/lifecycle.ts';
import type { Logger } from '../../src/core/log.ts';
import { until } from '../../test/support/until.ts';
import { catalogLines, compare, readTruth, truthLines } from '../support/compare.ts';
import type { Backend } from '../support/stack.ts';
import { buildProgram } from './build-program.ts';
import { countStrikes } from './count-strikes.ts';
import { nextBoundary } from './chaos-clock.ts';
import { longFreshForMs } from './chaos-limits.ts';
import { disturb, type DisturbanceReport } from './disturb.ts';
import { drain } from './drain.ts';
import type { Arrival, Breach, LedgerCall } from './evidence.ts';
import { judgeCatalog, type Leftovers } from './judges/judge-catalog.ts';
import { judgeMatching, type Matching } from './judges/judge-matching.ts';
import { judgePayments, type Payments } from './judges/judge-payments.ts';
import { judgeSecrets } from './judges/judge-secrets.ts';
import { judgeUnknowns, type Unknowns } from './judges/judge-unknowns.ts';
import { judgePeriods, type Windows } from './judges/judge-periods.ts';
import { openSite, type ChaosSite } from './open-site.ts';
import { kindsOf, planDisturbances, type DisturbanceKind } from './plan-disturbances.ts';
import type { Plant } from './plants.ts';
import { readLedger, readLeftovers, readWritings } from './read-evidence.ts';

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  readonly backend: Backend;
  readonly offers: number;
  /** A bug to plant; null: the product as it is. */
  readonly plant: Plant | null;
  readonly log: Logger;
  readonly onProgress: (line: string) => void;
}

/** What a chaos run found. */
export interface ChaosResult {
  readonly breaches: readonly Breach[];
  readonly matching: Matching['counts'];
  readonly unknowns: Unknowns;
  readonly periods: Windows;
  readonly payments: Payments;
  readonly leftovers: Leftovers;
  readonly disturbances: DisturbanceReport;
  /** How often each kind struck, those that never did included. */
  readonly strikes: ReadonlyMap<DisturbanceKind, number>;
  /** Calls that arrived before the limits were lifted. */
  readonly disturbedArrivals: number;
  /** Calls that the gateway refused as too fast. */
  readonly refusedAsTooFast: number;
  readonly processes: number;
  /** From the start of the first worker to the end of the last one. */
  readonly workedMs: number;
  /** Where everything lies that speaks of a breach; null: there is none, and it was removed. */
  readonly evidence: string | null;
}

/** Longer than the longest call may last by the ledger: what is swept then is not in flight any more. */
const maxCallMs = 60_000;

/** From the start of the first process to the first details. */
const usualStartMs = 4000;

/**
 * The first call of an API goes alone, and when its process is killed the others wait until the ledger gives it up,
 * for a minute. To be seen once, but a run of seconds would see nothing else.
 */
async function isProven({ pool, limits }: ChaosSite): Promise<boolean> {
  const { rows } = await pool.query(`SELECT FROM sync.api_permission WHERE observed = 'allowed'`);
  return rows.length >= limits.periods.length;
}

async function work(
  site: ChaosSite,
  options: ChaosOptions & { readonly middle: Date },
): Promise<{ report: DisturbanceReport; stuck: Breach[] }> {
  const { seconds, seed, offers, middle, onProgress } = options;
  await site.beginAt(new Date(middle.getTime() - seconds * 500 - usualStartMs));
  site.fleet.start();
  await until(() => isProven(site), { timeoutMs: 240_000, what: 'every API has answered once' });
  const report = await disturb(site, {
    seconds,
    plan: planDisturbances({ ...options, hasDisk: site.postgres.disk !== null }),
    isEnough: async () =>
      !options.plant?.isAtLimit ||
      judgePeriods(await site.sandbox.listArrivals(), site.limits.periods).breaches.length > 0,
    onProgress: ({ calls, incidents }) =>
      onProgress(
        `seed ${seed}: ${calls} calls, ${incidents} disturbances, ${site.fleet.countStarted()} processes`,
      ),
  });
  const stuck = await drain(site, {
    // Far above what a busy machine needs, so that only a real failure reaches it. A planted bug may be one.
    maxMs: (options.plant ? 60_000 : 180_000) + offers * 60,
    onProgress: ({ calls, day }) => onProgress(`seed ${seed}: ${calls} calls, quiet day ${day}`),
  });
  return { report, stuck };
}

interface Facts {
  readonly arrivals: readonly Arrival[];
  readonly calls: readonly LedgerCall[];
  readonly report: DisturbanceReport;
}

async function judgeDatabase(site: ChaosSite, report: DisturbanceReport) {
  const { pool, sandbox, secrets, logFolder, postgres } = site;
  const query = async <Row extends object>(sql: string) => (await pool.query<Row>(sql)).rows;
  const side = { ask: (path: string) => sandbox.ask(path), query };
  const leftovers = await readLeftovers(pool);
  const differences = compare(truthLines(await readTruth(side)), await catalogLines(side));
  const serverLogs = ['server.log', 'server.log.before'].map((name) => join(postgres.home, 'server', name));
  const writings = readWritings({ pool, logFolder, serverLogs, queueDumps: report.queueDumps });
  return {
    leftovers,
    breaches: [...judgeCatalog(differences, leftovers), ...(await judgeSecrets(writings, secrets))],
  };
}

function judgeCalls(site: ChaosSite, { arrivals, calls, report }: Facts) {
  const liftedAt = Math.max(...report.incidents.map(({ toMs }) => toMs));
  const matching = judgeMatching(arrivals, calls);
  const unknowns = judgeUnknowns({ arrivals, calls, incidents: report.incidents });
  const disturbed = arrivals.filter(({ at }) => at < liftedAt);
  const periods = judgePeriods(disturbed, site.limits.periods);
  const payments = judgePayments(calls, {
    maxCallMs,
    freshForMs: ({ operation, grantedAt }) =>
      operation === 'offer.detail' && grantedAt < liftedAt ? site.limits.detailFreshForMs : longFreshForMs,
  });
  return {
    ...{ matching, unknowns, periods, payments },
    disturbedArrivals: disturbed.length,
    refusedAsTooFast: disturbed.filter(({ outcome }) => outcome.includes('FrequencyLimit')).length,
  };
}

function keepEvidence(folder: string, facts: Facts, breaches: readonly Breach[]): void {
  const files = { ...facts, breaches };
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(content, null, 1));
}

/** Starts everything, disturbs it, lets it drain, and judges. `closing` ends whatever is left running. */
export async function runChaos(options: ChaosOptions, closing: CloseStack): Promise<ChaosResult> {
  const { backend, seed, plant, log } = options;
  const name = `${plant?.name ?? backend}-${seed}-${randomBytes(3).toString('hex')}`;
  const folder = resolve(import.meta.dirname, '../../.catalog-sync/chaos', name);
  mkdirSync(folder, { recursive: true });
  let evidence: string | null = null;
  closing.add('folder', () => {
    if (evidence === null) rmSync(folder, { recursive: true, force: true });
  });
  const program = buildProgram(join(folder, 'program'));
  plant?.changeProgram?.(join(folder, 'program/dist'));
  const middle = nextBoundary(plant?.boundary ?? 'shanghai-month', new Date());
  const site = await openSite(
    {
      ...options,
      middle,
      program,
      folder,
      isKept: () => evidence !== null,
      isAtLimit: plant?.isAtLimit ?? false,
    },
    closing,
  );
  await plant?.changeDatabase?.(site.pool);
  const startedAt = performance.now();
  const { report, stuck } = await work(site, { ...options, middle });
  const workedMs = performance.now() - startedAt;
  const facts = { arrivals: await site.sandbox.listArrivals(), calls: await readLedger(site.pool), report };
  const judged = judgeCalls(site, facts);
  const database = await judgeDatabase(site, report);
  const breaches = [
    ...[judged.matching, judged.unknowns, judged.periods, judged.payments].flatMap((part) => part.breaches),
    ...stuck,
    ...database.breaches,
  ];
  if (breaches.length > 0) {
    evidence = folder;
    keepEvidence(folder, facts, breaches);
  }
  await closing.close(log);
  return {
    ...judged,
    ...{ breaches, evidence, workedMs, disturbances: report, leftovers: database.leftovers },
    strikes: countStrikes(kindsOf({ ...options, hasDisk: site.postgres.disk !== null }), report.incidents),
    matching: judged.matching.counts,
    processes: site.fleet.countStarted(),
  };
}
