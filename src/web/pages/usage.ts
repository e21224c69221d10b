import { minuteMs } from '../../core/duration.ts';
import { describePace, type FoundPace } from '../../ledger/found-paces.ts';
import type { QuotaLimitRow } from '../../ledger/quota-report.ts';
import type { ApiHold } from '../../ledger/quota-store.ts';
import type { UsageLane, UsageMonth, UsageYield } from '../reads/usage-pages.ts';
import { html, type Html } from '../html.ts';
import { callSearch } from '../parts/call-link.ts';
import { meter } from '../parts/charts.ts';
import { apiName, count, percent, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import { remember } from '../remember.ts';
import type { WebContext, WebDeps } from '../web-deps.ts';
import { holdEnd, holdTable } from './hold-table.ts';
import { noticeOf } from './notices.ts';
import { show } from './show.ts';
import { apiChart, bucketTable, laneChart, laneName, outcomeChart } from './usage-charts.ts';
import { timeRangeForm, readTimeRange, type TimeRange } from './usage-time-range.ts';

const shownMonths = 6;
const yieldDays = 7;

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
    empty:
      'No limits and no calls yet. The first `catalog-sync sync` sets the limits of the account and makes calls.',
  });
}

/** Each lane and API over the whole period. */
function sumLanes(rows: readonly UsageLane[]): Omit<UsageLane, 'bucket'>[] {
  const sums = new Map<string, Omit<UsageLane, 'bucket'>>();
  for (const { lane, api, calls, ok, failed, unknown } of rows) {
    const key = `${laneName(lane)} ${api}`;
    const before = sums.get(key) ?? { lane, api, calls: 0, ok: 0, failed: 0, unknown: 0 };
    sums.set(key, {
      ...before,
      calls: before.calls + calls,
      ok: before.ok + ok,
      failed: before.failed + failed,
      unknown: before.unknown + unknown,
    });
  }
  return [...sums.values()].toSorted(
    (a, b) => laneName(a.lane).localeCompare(laneName(b.lane)) || b.calls - a.calls,
  );
}

function laneTable(rows: readonly UsageLane[], { firstDay, lastDay }: TimeRange): Html {
  return table({
    caption: `Calls by lane, ${firstDay} to ${lastDay}`,
    columns: [
      text('Lane'),
      text('API'),
      number('Calls'),
      number('Fine'),
      number('Failed'),
      number('Unknown'),
    ],
    rows: sumLanes(rows).map(({ lane, api, calls, ok, failed, unknown }) => [
      laneName(lane),
      apiName(api),
      count(calls),
      count(ok),
      count(failed),
      count(unknown),
    ]),
    empty: 'No calls in this time. A call of a run is counted by its lane: why it was made.',
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
      count(row.noYield),
      count(row.repeated),
      count(row.failed),
      count(row.unknown),
    ]),
    empty: `No calls in ${String(yieldDays)} days. What the calls of \`catalog-sync sync\` and of schedules bring is added up here.`,
  });
}

/** What is left of a limit, or why it is of no use now. */
function leftOf({ api, use }: QuotaLimitRow, holds: readonly ApiHold[]): Html | string {
  if (use === null) return '–';
  const hold = holds.find((one) => one.api === api) ?? holds.find((one) => one.api === '*');
  return hold === undefined
    ? count(use.remaining)
    : html`held by <code>${hold.code}</code> until ${holdEnd(hold)}`;
}

/** Where a limit comes from, in the words of `catalog-sync quota`, which also tells the file from a command. */
function sourceOf({ source, period }: QuotaLimitRow): string {
  if (source === 'preset') return period === 'second' ? 'file' : 'assumed';
  return source === 'configured' ? 'file or command' : source;
}

function limitTable(limits: readonly QuotaLimitRow[], holds: readonly ApiHold[]): Html {
  return table({
    caption: 'Limits in effect',
    columns: [
      text('API'),
      text('Window'),
      number('Limit'),
      number('Used'),
      number('In flight'),
      text('Left'),
      text('Resets'),
      text('From'),
    ],
    rows: limits.map((limit) => [
      apiName(limit.api),
      limit.period,
      count(limit.callLimit),
      limit.use === null ? '–' : count(limit.use.used),
      limit.use === null ? '–' : count(limit.use.reserved),
      leftOf(limit, holds),
      limit.use === null ? 'a pace' : time(limit.use.resetAt),
      sourceOf(limit),
    ]),
    empty:
      'No limit is known yet: the first `catalog-sync sync` sets those of the account, and `catalog-sync quota set` another.',
  });
}

/** Nothing without any: then the declared pace holds. */
function paceTable(paces: readonly FoundPace[]): Html {
  return table({
    caption: '1688 allows less than the declared pace',
    columns: [text('API'), text('Pace found'), text('Changed')],
    rows: paces.map((pace) => [
      pace.api === '*' ? 'all' : apiName(pace.api),
      describePace(pace),
      pace.changedAt === null ? '–' : time(pace.changedAt),
    ]),
  });
}

async function usagePage(
  c: WebContext,
  deps: WebDeps,
  yieldRows: Promise<readonly UsageYield[]>,
): Promise<Response> {
  const { usage, limits, quota } = deps.stores;
  const timeRange = readTimeRange((name) => c.req.query(name), await quota.ledgerNow());
  const [rows, months, lanes, yields, known, holds, paces] = await Promise.all([
    usage.listBuckets(timeRange),
    usage.listMonths(shownMonths),
    usage.listLanes(timeRange),
    yieldRows,
    limits.listLimits(),
    quota.listHolds(),
    limits.listPaces(),
  ]);
  const body = html`<h1>Usage</h1>
    ${noticeOf(c)}
    <div class="actions">${callSearch()}</div>
    ${timeRangeForm(timeRange)} ${apiChart(rows, timeRange)} ${outcomeChart(rows, timeRange)}
    ${bucketTable(rows, timeRange)}
    <section id="lanes">
      <h2>Lanes</h2>
      ${laneChart(lanes, timeRange)} ${laneTable(lanes, timeRange)}
    </section>
    <section>
      <h2>Approved and used</h2>
      ${monthTable(months)}
    </section>
    <section>
      <h2>What the calls brought</h2>
      ${yieldTable(yields)}
    </section>
    <section id="limits">
      <h2>Limits</h2>
      ${limitTable(known, holds)} ${paceTable(paces)}
    </section>
    <section id="holds">
      <h2>Holds</h2>
      ${holdTable(c, deps, holds, known)}
    </section>`;
  return show(c, deps, { title: 'Usage', section: '/usage', body });
}

/** Every call of a week is held against those before it: half a second for a hundred thousand. */
const yieldEveryMs = minuteMs;

/** `/usage`: where calls went, and what they brought. */
export function createUsagePage(deps: WebDeps): (c: WebContext) => Promise<Response> {
  const { usage } = deps.stores;
  const remembered = remember(deps.clock, yieldEveryMs, () => usage.listYield(yieldDays));
  return (c) => usagePage(c, deps, remembered.get());
}
