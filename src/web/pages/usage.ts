import type { QuotaLimitRow } from '../../load/stores/quota-report.ts';
import type { UsageBucket, UsageLane, UsageMonth, UsageYield } from '../../load/stores/pages/usage-pages.ts';
import { html, type Html } from '../html.ts';
import { barChart, meter } from '../parts/charts.ts';
import { apiName, count, percent, shanghaiTime, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import { remember } from '../remember.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { holdTable } from './hold-table.ts';
import { noticeOf } from './notices.ts';
import { show } from './show.ts';

const shownHours = 48;
const shownDays = 31;
const shownMonths = 6;
const yieldDays = 7;

interface Span {
  readonly key: 'hours' | 'days';
  readonly label: string;
  readonly buckets: number;
  /** From one to the next; Shanghai's clock is never put forward or back. */
  readonly stepMs: number;
  /** How a bucket is called. */
  readonly name: (bucket: Date) => string;
}

const spans: Readonly<Record<Span['key'], Span>> = {
  hours: {
    key: 'hours',
    label: `Calls by hour, last ${String(shownHours)} hours`,
    buckets: shownHours,
    stepMs: 3_600_000,
    name: (bucket) => shanghaiTime(bucket).slice(5, 16),
  },
  days: {
    key: 'days',
    label: `Calls by day, last ${String(shownDays)} days`,
    buckets: shownDays,
    stepMs: 86_400_000,
    name: (bucket) => shanghaiTime(bucket).slice(0, 10),
  },
};

const shortName = (api: string) => api.split(':')[1] ?? api;

/** Every bucket of the span, also those from before anything was called. */
function timesOf(rows: readonly UsageBucket[], { buckets, stepMs }: Span): number[] {
  if (rows.length === 0) return [];
  const last = Math.max(...rows.map(({ bucket }) => bucket.getTime()));
  return Array.from({ length: buckets }, (_, i) => last - (buckets - 1 - i) * stepMs);
}

/** The busiest APIs each have a colour, the others one together. */
function chart(rows: readonly UsageBucket[], span: Span): Html {
  const totals = new Map<string, number>();
  for (const { api, calls } of rows) totals.set(api, (totals.get(api) ?? 0) + calls);
  const apis = [...totals].filter(([, calls]) => calls > 0).toSorted((a, b) => b[1] - a[1]);
  const named = apis.slice(0, 5).map(([api]) => api);
  const hasOthers = apis.length > named.length;
  const times = timesOf(rows, span);
  const bars = times.map((at) => {
    const here = rows.filter(({ bucket }) => bucket.getTime() === at);
    const of = (test: (api: string) => boolean) =>
      here.reduce((sum, { api, calls }) => sum + (test(api) ? calls : 0), 0);
    const parts = [...named.map((name) => of((api) => api === name)), of((api) => !named.includes(api))];
    const said = named.map((api, i) => `${count(parts[i] ?? 0)} ${shortName(api)}`).join(', ');
    return { title: `${span.name(new Date(at))}: ${said || 'no calls'}`, parts };
  });
  const axis = [times[0], times[Math.floor(times.length / 2)], times.at(-1)].flatMap((at) =>
    at === undefined ? [] : [span.name(new Date(at))],
  );
  const legend = [...named.map(shortName), ...(hasOthers ? ['others'] : [])];
  return barChart({ label: span.label, bars, legend, axis });
}

function bucketTable(rows: readonly UsageBucket[], span: Span): Html {
  const busy = rows.filter(({ calls, refunded }) => calls > 0 || refunded > 0).toReversed();
  return html`<details>
    <summary>The same as a table</summary>
    ${table({
      caption: span.label,
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
      rows: busy.map((row) => [
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

function outcomeChart(rows: readonly UsageBucket[], span: Span): Html {
  const times = timesOf(rows, span);
  const bars = times.map((at) => {
    const here = rows.filter(({ bucket }) => bucket.getTime() === at);
    const sum = (pick: (row: UsageBucket) => number) => here.reduce((all, row) => all + pick(row), 0);
    const parts = [sum((row) => row.ok), sum((row) => row.failed), sum((row) => row.unknown)];
    const [ok = 0, failed = 0, unknown = 0] = parts;
    const title = `${span.name(new Date(at))}: ${count(ok)} fine, ${count(failed)} failed, ${count(unknown)} unknown`;
    // Colours of the others, so that nobody takes fine ones for an API.
    return { title, parts: [0, 0, ok, 0, failed, unknown] };
  });
  const legend = [null, null, 'fine', null, 'failed', 'unknown'];
  return barChart({ label: 'The same calls by outcome', bars, legend, axis: [] });
}

function tabs(active: Span['key']): Html {
  const choices = [
    ['hours', 'Hours'],
    ['days', 'Days'],
  ] as const;
  return html`<ul class="tabs">
    ${choices.map(
      ([key, name]) =>
        html`<li>
          <a href="/usage?by=${key}" ${key === active ? html`aria-current="true"` : null}>${name}</a>
        </li>`,
    )}
  </ul>`;
}

function monthTable(months: readonly UsageMonth[]): Html {
  return table({
    caption: 'Approved and used by month',
    columns: [
      text('Month'),
      text('API'),
      number('Approved'),
      number('Used'),
      number('By others'),
      number('Left'),
      text('Share'),
    ],
    rows: months.map((row) => [
      row.month,
      apiName(row.api),
      row.approved === null ? '–' : count(row.approved),
      count(row.used),
      count(row.external),
      row.remaining === null ? '–' : count(row.remaining),
      row.approved === null
        ? ''
        : html`${percent(row.used, row.approved)}
          ${meter(row.used, row.approved, row.used > row.approved * 0.9 ? 'bad' : 'good')}`,
    ]),
    empty: 'No limits and no calls yet.',
  });
}

function laneTable(lanes: readonly UsageLane[]): Html {
  return table({
    caption: 'Calls of the last 24 hours by lane',
    columns: [text('Lane'), text('API'), number('Calls'), number('Fine'), number('Failed')],
    rows: lanes.map(({ lane, api, calls, ok, failed }) => [
      lane,
      apiName(api),
      count(calls),
      count(ok),
      count(failed),
    ]),
    empty: 'No calls in the last 24 hours.',
  });
}

function yieldTable(rows: readonly UsageYield[]): Html {
  return table({
    caption: `What the calls of ${String(yieldDays)} days brought`,
    columns: [
      text('Operation'),
      text('Feed'),
      number('Calls'),
      number('New offers'),
      number('Changed'),
      number('Prices'),
      number('Wasted'),
      number('Nothing new'),
      number('Repeated'),
      number('Failed'),
      number('Unknown'),
    ],
    rows: rows.map((row) => [
      row.operation,
      row.feed ?? '–',
      count(row.calls),
      count(row.offersNew),
      count(row.offersChanged),
      count(row.pricesChanged),
      `${count(row.wasted)} (${percent(row.wasted, row.calls)})`,
      count(row.taughtNothing),
      count(row.repeated),
      count(row.failed),
      count(row.unknown),
    ]),
    empty: 'No calls in this time.',
  });
}

function limitTable(limits: readonly QuotaLimitRow[]): Html {
  return table({
    caption: 'Limits in effect',
    columns: [
      text('API'),
      text('Window'),
      number('Limit'),
      number('Used'),
      number('In flight'),
      number('Left'),
      text('Resets'),
      text('From'),
    ],
    rows: limits.map(({ api, window, callLimit, use, source, isAssumed }) => [
      apiName(api),
      window,
      count(callLimit),
      use === null ? '–' : count(use.used),
      use === null ? '–' : count(use.reserved),
      use === null ? '–' : count(use.remaining),
      use === null ? 'a pace' : time(use.resetAt),
      isAssumed ? `${source}, assumed` : source,
    ]),
    empty: 'No limit is known yet: the first sync sets those of the account.',
  });
}

async function usagePage(
  c: WebContext,
  deps: WebDeps,
  yieldRows: Promise<readonly UsageYield[]>,
): Promise<Response> {
  const { usage, limits, quota } = deps.stores;
  const span = spans[c.req.query('by') === 'days' ? 'days' : 'hours'];
  const [rows, months, lanes, yields, known, holds] = await Promise.all([
    span.key === 'days' ? usage.listDays(shownDays) : usage.listHours(shownHours),
    usage.listMonths(shownMonths),
    usage.listLanes(),
    yieldRows,
    limits.listLimits(),
    quota.listHolds(),
  ]);
  const body = html`<h1>Usage</h1>
    ${noticeOf(c)} ${tabs(span.key)} ${chart(rows, span)} ${outcomeChart(rows, span)}
    ${bucketTable(rows, span)}
    <section>
      <h2>Approved and used</h2>
      ${monthTable(months)}
    </section>
    <section>
      <h2>What the calls brought</h2>
      ${yieldTable(yields)}
    </section>
    <section>
      <h2>Lanes</h2>
      ${laneTable(lanes)}
    </section>
    <section id="limits">
      <h2>Limits</h2>
      ${limitTable(known)}
    </section>
    <section id="holds">
      <h2>Holds</h2>
      ${holdTable(c, deps, holds, known)}
    </section>`;
  return show(c, deps, { title: 'Usage', section: '/usage', body });
}

/** Every call of a week is held against those before it: half a second for a hundred thousand. */
const yieldEveryMs = 60_000;

/** `/usage`: where calls went, and what they brought. */
export function createUsagePage(deps: WebDeps): (c: WebContext) => Promise<Response> {
  const { usage } = deps.stores;
  const remembered = remember(deps.clock, yieldEveryMs, () => usage.listYield(yieldDays));
  return (c) => usagePage(c, deps, remembered.get());
}
