import type { UsageBucket, UsageLane } from '../reads/usage-pages.ts';
import { html, type Html } from '../html.ts';
import { barChart, type Bar } from '../parts/charts.ts';
import { apiName, count, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import { bucketName, type TimeRange } from './usage-time-range.ts';

/** Calls of one series of a chart. */
interface Counted {
  readonly bucket: Date;
  readonly name: string;
  readonly calls: number;
}

const shortName = (api: string) => api.split(':')[1] ?? api;

/** The labels below a chart: its start, middle and end. */
function axisOf({ buckets, unit }: TimeRange): string[] {
  const shown = buckets.length < 3 ? buckets : [buckets[0], buckets[buckets.length >> 1], buckets.at(-1)];
  return shown.flatMap((at) => (at === undefined ? [] : [bucketName(at, unit)]));
}

/** A bar for each hour, day or month of the period, also for those without a call. */
function barsOf(rows: readonly Counted[], names: readonly string[], { buckets, unit }: TimeRange): Bar[] {
  const sums = new Map<string, number>();
  for (const { bucket, name, calls } of rows) {
    const key = `${String(bucket.getTime())} ${name}`;
    sums.set(key, (sums.get(key) ?? 0) + calls);
  }
  return buckets.map((at) => {
    const parts = names.map((name) => sums.get(`${String(at.getTime())} ${name}`) ?? 0);
    const said = names.flatMap((name, i) => (parts[i] ? [`${count(parts[i])} ${name}`] : [])).join(', ');
    return { title: `${bucketName(at, unit)}: ${said || 'no calls'}`, parts };
  });
}

const titleOf = (what: string, { unit, firstDay, lastDay }: TimeRange): string =>
  `${what} by ${unit}, ${firstDay} to ${lastDay}`;

/** The busiest APIs each have a colour, the others one together. */
export function apiChart(rows: readonly UsageBucket[], timeRange: TimeRange): Html {
  const totals = new Map<string, number>();
  for (const { api, calls } of rows) totals.set(api, (totals.get(api) ?? 0) + calls);
  const busiest = [...totals].toSorted((a, b) => b[1] - a[1]).map(([api]) => api);
  const named = new Map(busiest.slice(0, 5).map((api) => [api, shortName(api)]));
  const names = [...named.values(), ...(busiest.length > named.size ? ['others'] : [])];
  const counted = rows.map(({ bucket, api, calls }) => ({ bucket, name: named.get(api) ?? 'others', calls }));
  const bars = barsOf(counted, names, timeRange);
  return barChart({ label: titleOf('Calls', timeRange), bars, legend: names, axis: axisOf(timeRange) });
}

/** In colours of their own, so that successful calls are not taken for an API. */
export function outcomeChart(rows: readonly UsageBucket[], timeRange: TimeRange): Html {
  const names = ['', '', 'fine', '', 'failed', 'unknown'];
  const counted = rows.flatMap(({ bucket, ok, failed, unknown }) => [
    { bucket, name: 'fine', calls: ok },
    { bucket, name: 'failed', calls: failed },
    { bucket, name: 'unknown', calls: unknown },
  ]);
  const bars = barsOf(counted, names, timeRange);
  const legend = names.map((name) => (name === '' ? null : name));
  return barChart({ label: 'The same calls by outcome', bars, legend, axis: [] });
}

/** What lanes are called for people; null: of hours that were added up before lanes were told apart. */
export const laneName = (lane: string | null): string => lane ?? 'unknown';

export function laneChart(rows: readonly UsageLane[], timeRange: TimeRange): Html {
  const names = [...new Set(rows.map(({ lane }) => laneName(lane)))].toSorted();
  const counted = rows.map(({ bucket, lane, calls }) => ({ bucket, name: laneName(lane), calls }));
  const bars = barsOf(counted, names, timeRange);
  return barChart({ label: 'The same calls by lane', bars, legend: names, axis: axisOf(timeRange) });
}

/** The data of the charts as text. */
export function bucketTable(rows: readonly UsageBucket[], timeRange: TimeRange): Html {
  return html`<details>
    <summary>The same as a table</summary>
    ${table({
      caption: titleOf('Calls', timeRange),
      columns: [
        text('From'),
        text('API'),
        number('Calls'),
        number('Fine'),
        number('Failed'),
        number('Unknown'),
        number('Given back'),
        number('Average'),
      ],
      rows: rows
        .toReversed()
        .map((row) => [
          time(row.bucket),
          apiName(row.api),
          count(row.calls),
          count(row.ok),
          count(row.failed),
          count(row.unknown),
          count(row.refunded),
          row.averageMs === null ? '–' : `${count(row.averageMs)} ms`,
        ]),
      empty: 'No calls in this time.',
    })}
  </details>`;
}
