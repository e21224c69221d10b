import { formatTable } from '../../src/terminal/format-table.ts';
import type { Breach } from './evidence.ts';
import type { ChaosOptions, ChaosResult } from './run-chaos.ts';

const number = (value: number): string => value.toLocaleString('en');

/** Kinds that struck fewer times than that. */
export function listRare({ strikes }: ChaosResult, min: number): string[] {
  return [...strikes].filter(([, count]) => count < min).map(([kind, count]) => `${kind} (${count})`);
}

function rowsOf({ seed, backend, seconds, workers, offers }: ChaosOptions, result: ChaosResult): string[][] {
  const { matching, unknowns, periods, payments, leftovers, disturbances, processes, workedMs } = result;
  const { disturbedArrivals, refusedAsTooFast, strikes } = result;
  const resumeMs = disturbances.longestPauseToResumeMs;
  return [
    ['seed', String(seed)],
    ['queues on', backend],
    ['offers in the world', number(offers)],
    ['disturbed for, s', number(seconds)],
    ['worked for, s', number(Math.round(workedMs / 1000))],
    ['workers at once', number(workers)],
    ['processes started', number(processes)],
    ['disturbances', number(disturbances.incidents.length)],
    ...[...strikes].map(([kind, count]) => [`  ${kind}`, number(count)]),
    ['disturbances left out', number(disturbances.skipped)],
    ['longest resume after Postgres, s', resumeMs === null ? 'not seen' : (resumeMs / 1000).toFixed(1)],
    ['arrivals at the gateway', number(matching.arrivals)],
    ['  while disturbed', number(disturbedArrivals)],
    ['  refused as too fast', number(refusedAsTooFast)],
    ['calls committed', number(matching.committed)],
    ['calls under way at disturbances', number(unknowns.atRisk)],
    ['calls unknown', number(matching.unknown)],
    ['  open at a kill, stall or restart', number(unknowns.byKill)],
    ['  cut by us', number(unknowns.byCut)],
    ['  broken by the gateway', number(unknowns.byFault)],
    ['calls refunded', number(matching.refunded)],
    ['answers lost in flight, asked again', number(payments.lostAndPaidAgain)],
    ...periods.fullest.map(({ limit, period, calls }) => [
      `fullest ${limit.period} of ${limit.api.split(':')[1] ?? limit.api}`,
      `${number(calls)} of ${number(limit.calls)} (${period})`,
    ]),
    ['busiest rolling second, calls', number(periods.busiestSecond)],
    ['runs, all with an outcome', number(leftovers.runs)],
    ['slots, all with an outcome', number(leftovers.slots)],
    ['breaches', number(result.breaches.length)],
  ];
}

/** Breaches are shown with the first of their calls; the evidence has them all. */
const shownCalls = 12;

/** One breach in a line. */
export function describeBreach({ judge, what, callIds }: Breach): string {
  if (callIds.length === 0) return `BREACH (${judge}): ${what}`;
  const shown = callIds.slice(0, shownCalls).join(', ');
  const more = callIds.length > shownCalls ? ` and ${callIds.length - shownCalls} more` : '';
  return `BREACH (${judge}): ${what}: ${shown}${more}`;
}

/** The figures of a run as a table, and every breach in a line. */
export function reportChaos(options: ChaosOptions, result: ChaosResult): string {
  const table = formatTable([{ header: 'chaos' }, { header: '', align: 'right' }], rowsOf(options, result));
  const kept = result.evidence === null ? [] : [`evidence: ${result.evidence}`];
  return [table, ...result.breaches.map(describeBreach), ...kept].join('\n');
}
