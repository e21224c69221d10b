import type { Arrival, Breach, Limit } from '../evidence.ts';

/** The window of a limit that held the most calls. */
export interface FullestWindow {
  readonly limit: Limit;
  readonly window: string;
  readonly calls: number;
}

export interface Windows {
  /** One a limit. */
  readonly fullest: readonly FullestWindow[];
  /** Most calls in any 1,000 ms. */
  readonly busiestSecond: number;
  readonly breaches: readonly Breach[];
}

const lengthOf = { month: 7, day: 10, minute: 16 } as const satisfies Record<Limit['window'], number>;

/** Written this way a time is ISO 8601, and its beginning names the window. */
const shanghai = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});

function groupByWindow(arrivals: readonly Arrival[], { api, window }: Limit): Map<string, Arrival[]> {
  const groups = new Map<string, Arrival[]>();
  for (const arrival of arrivals) {
    if (api !== '*' && arrival.api !== api) continue;
    const name = shanghai.format(arrival.at).slice(0, lengthOf[window]);
    const group = groups.get(name);
    if (group) group.push(arrival);
    else groups.set(name, [arrival]);
  }
  return groups;
}

function findBusiestSecond(times: readonly number[]): number {
  let first = 0;
  let most = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** No minute, day or month of the provider's calendar (Asia/Shanghai) holds more arrivals than its limit. */
export function judgeWindows(arrivals: readonly Arrival[], limits: readonly Limit[]): Windows {
  const counted = arrivals.filter(({ isCounted }) => isCounted).toSorted((a, b) => a.at - b.at);
  const fullest: FullestWindow[] = [];
  const breaches: Breach[] = [];
  for (const limit of limits) {
    let most: FullestWindow = { limit, window: 'none', calls: 0 };
    for (const [window, group] of groupByWindow(counted, limit)) {
      if (group.length > most.calls) most = { limit, window, calls: group.length };
      if (group.length <= limit.calls) continue;
      const what = `${group.length} calls of ${limit.api} in the ${limit.window} ${window}, ${limit.calls} are allowed`;
      const callIds = group.slice(limit.calls).map(({ requestId }) => requestId ?? 'none');
      breaches.push({ judge: 'windows', what, callIds });
    }
    fullest.push(most);
  }
  return { fullest, busiestSecond: findBusiestSecond(counted.map(({ at }) => at)), breaches };
}
