import { dayMs } from '../../core/duration.ts';
import { shanghaiDay, startOfShanghaiDay } from '../../core/shanghai-time.ts';
import type { UsageSpan } from '../reads/usage-pages.ts';
import { html, type Html } from '../html.ts';
import { shanghaiTime } from '../parts/format.ts';

type Unit = UsageSpan['unit'];

interface Bounds {
  readonly name: string;
  /** Days that are shown where nothing is chosen. */
  readonly usualDays: number;
  /** More bars than these days have are too thin to see, and cost seconds to read. */
  readonly maxDays: number;
}

const bounds: Readonly<Record<Unit, Bounds>> = {
  hour: { name: 'Hours', usualDays: 2, maxDays: 7 },
  day: { name: 'Days', usualDays: 31, maxDays: 93 },
  month: { name: 'Months', usualDays: 184, maxDays: 731 },
};

const units = ['hour', 'day', 'month'] as const satisfies readonly Unit[];

/** What the page of usage shows: days of Shanghai, cut into hours, days or months. */
export interface TimeRange extends UsageSpan {
  /** `2026-11-01`, the first and the last day. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** Begins of its hours, days or months that have come. */
  readonly buckets: readonly Date[];
  /** It was longer than can be shown: its begin was left off. */
  readonly isCut: boolean;
}

/** The first of the month after that of an instant, in Shanghai. */
function nextMonth(at: Date): Date {
  const [year = 0, month = 1] = shanghaiDay(at).split('-').map(Number);
  const [y, m] = month === 12 ? [year + 1, 1] : [year, month + 1];
  return new Date(`${String(y)}-${String(m).padStart(2, '0')}-01T00:00:00+08:00`);
}

function listBuckets(from: Date, end: Date, unit: Unit): Date[] {
  const buckets: Date[] = [];
  for (let at = from; at < end;) {
    buckets.push(at);
    at = unit === 'month' ? nextMonth(at) : new Date(at.getTime() + (unit === 'day' ? dayMs : dayMs / 24));
  }
  return buckets;
}

const firstOfMonth = (day: string): string => `${day.slice(0, 7)}-01`;

/** The time range of the query, corrected if necessary: days of our time, the first before the last, and not too many. */
export function readTimeRange(query: (name: string) => string | undefined, now: Date): TimeRange {
  const today = startOfShanghaiDay(shanghaiDay(now)) ?? now;
  const unit = units.find((known) => known === query('by')) ?? 'hour';
  const { usualDays, maxDays } = bounds[unit];
  const dayOf = (name: string) => startOfShanghaiDay(query(name) ?? '');
  const asked = [dayOf('from'), dayOf('to')].map((day) => (day !== null && day > today ? today : day));
  const last = asked[1] ?? today;
  const first = asked[0] ?? new Date(last.getTime() - (usualDays - 1) * dayMs);
  const [low, high] = first <= last ? [first, last] : [last, first];
  const earliest = new Date(high.getTime() - (maxDays - 1) * dayMs);
  const firstDay = shanghaiDay(low < earliest ? earliest : low);
  const from = startOfShanghaiDay(unit === 'month' ? firstOfMonth(firstDay) : firstDay) ?? low;
  const before = new Date(high.getTime() + dayMs);
  return {
    ...{ unit, from, before },
    firstDay: shanghaiDay(from),
    lastDay: shanghaiDay(high),
    buckets: listBuckets(from, before < now ? before : now, unit),
    isCut: low < earliest,
  };
}

/** `11-25 13:00`, `2026-11-25` or `2026-11`. */
export function bucketName(at: Date, unit: Unit): string {
  const text = shanghaiTime(at);
  if (unit === 'hour') return text.slice(5, 16);
  return text.slice(0, unit === 'day' ? 10 : 7);
}

/** The choice of what the page shows. */
export function timeRangeForm({ unit, firstDay, lastDay, isCut }: TimeRange): Html {
  return html`<ul class="tabs">
      ${units.map(
        (key) =>
          html`<li>
            <a href="/usage?by=${key}" ${key === unit ? html`aria-current="true"` : null}
              >${bounds[key].name}</a
            >
          </li>`,
      )}
    </ul>
    <form method="get" action="/usage" class="filters" aria-label="TimeRange">
      <input type="hidden" name="by" value="${unit}" />
      <label>From <input type="date" name="from" value="${firstDay}" /></label>
      <label>To <input type="date" name="to" value="${lastDay}" /></label>
      <button type="submit">Show</button>
    </form>
    ${
      isCut
        ? html`<p class="muted" role="status">
            By ${unit}, at most ${String(bounds[unit].maxDays)} days are shown: these are the last of them.
          </p>`
        : null
    }`;
}
