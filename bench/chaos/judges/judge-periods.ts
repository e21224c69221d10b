import type { Arrival, Breach, Limit } from '../evidence.ts';

/** The window of a limit that held the most calls. */
export interface FullestPeriod {
  readonly limit: Limit;
  readonly period: string;
  readonly calls: number;
}

export interface Windows {
  /** One a limit. */
  readonly fullest: readonly FullestPeriod[];
  /** Most calls in any 1,000 ms. */
  readonly busiestSecond: number;
  readonly breaches: readonly Breach[];
}

const lengthOf = { month: 7, day: 10, minute: 16 } as const satisfies Record<Limit['period'], number>;

/** Written this way a time is ISO 8601, and its beginning names the window. */
const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});

function groupByPeriod(arrivals: readonly Arrival[], { api, period }: Limit): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    if (api !== '*' && arrival.api !== api) continue;
    const name = shanghai.format(arrival.at).slice(0, lengthOf[period]);
    const group = groups.get(name);
    if (group) group.push(arrival);
    else groups.set(name, [arrival]);
  }
  return groups;
}

/** Most of these times, in their order, that lie in any 1,000 ms. */
export function findBusiestSecond(times: readonly number[]): number {
  let first = 0;
  let max = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1000) first += 1;
    max = Math.max(max, last - first + 1);
  }
  return max;
}

/** No minute, day or month of the provider's calendar (Asia/Shanghai) holds more arrivals than its limit. */
export function judgePeriods(arrivals: readonly Arrival[], limits: readonly Limit[]): Windows {
  const counted = arrivals.filter(({ isCounted }) => isCounted).toSorted((a, b) => a.at - b.at);
  const fullest: FullestPeriod[] = [];
  const breaches: Breach[] = [];
  for (const limit of limits) {
    let max: FullestPeriod = { limit, period: 'none', calls: 0 };
    for (const [period, group] of groupByPeriod(counted, limit)) {
      if (group.length > max.calls) max = { limit, period, calls: group.length };
      if (group.length <= limit.calls) continue;
      const what = `${group.length} calls of ${limit.api} in the ${limit.period} ${period}, ${limit.calls} are allowed`;
      const callIds = group.slice(limit.calls).map(({ requestId }) => requestId ?? 'none');
      breaches.push({ judge: 'windows', what, callIds });
    }
    fullest.push(max);
  }
  return { fullest, busiestSecond: findBusiestSecond(counted.map(({ at }) => at)), breaches };
}
