import { percentile, spread, table } from '../support/numbers.ts';
import type { Contender } from './contenders.ts';

const rounds = 3;
const roundMs = 1500;
const clientCounts = [1, 8, 32];
/** No window is ever full. */
const plenty = 1_000_000_000;

interface Round {
  readonly perSecond: number;
  readonly timesMs: readonly number[];
}

async function measure(contender: Contender, clients: number): Promise<Round> {
  await contender.reset();
  await contender.limit({ appDay: plenty, apiMinute: plenty, apiDay: plenty, apiMonth: plenty });
  for (let warm = 0; warm < 20; warm += 1) await contender.take();
  const timesMs: number[] = [];
  const startedMs = performance.now();
  const client = async () => {
    for (let beganMs = performance.now(); beganMs < startedMs + roundMs; beganMs = performance.now()) {
      if (!(await contender.take())) throw new Error(`${contender.name} refused a call`);
      timesMs.push(performance.now() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { perSecond: (timesMs.length * 1000) / (performance.now() - startedMs), timesMs };
}

/** Grants a second over four windows, and how long one takes, for clients that ask without a pause. */
export async function reportThroughput(contenders: readonly Contender[]): Promise<string> {
  const results = new Map<string, Round[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const clients of clientCounts) {
      for (const contender of contenders) {
        const key = `${contender.name} | ${clients}`;
        results.set(key, [...(results.get(key) ?? []), await measure(contender, clients)]);
      }
    }
  }
  const rows = Array.from(results, ([key, all]) => {
    const timesMs = all.flatMap((one) => one.timesMs);
    const speeds = all.map(({ perSecond }) => perSecond);
    return [key, spread(speeds), percentile(timesMs, 0.5).toFixed(1), percentile(timesMs, 0.99).toFixed(1)];
  });
  return table(['', 'clients', 'grants/s: min, median, max', 'p50, ms', 'p99, ms'], rows);
}
