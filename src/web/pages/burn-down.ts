import { dayMs, hourMs } from '../../core/duration.ts';
import { shanghaiAheadMs } from '../../core/shanghai-time.ts';
import type { HourCalls } from '../reads/overview-pages.ts';
import type { DayQuota } from '../../model/overview.ts';
import { html, type Html } from '../html.ts';
import { axisOf, burnDownChart } from '../parts/charts.ts';
import { apiName, count, percent, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';

/** Hours since midnight in Shanghai, which has no daylight saving. */
function hourOfDay(now: Date): number {
  return ((now.getTime() + shanghaiAheadMs) % dayMs) / hourMs;
}

/** Calls left after each hour so far. What others spent is in `remaining` only, so the line is drawn from there. */
function leftByHour(quota: DayQuota, hours: readonly HourCalls[], nowHour: number): number[] {
  const own = hours.filter(({ api }) => api === quota.api);
  const left = [quota.remaining + own.reduce((sum, { calls }) => sum + calls, 0)];
  for (let hour = 0; hour <= nowHour; hour += 1) {
    const spent = own.find((row) => row.hour === hour)?.calls ?? 0;
    left.push((left.at(-1) ?? 0) - spent);
  }
  return left;
}

/** The pace of the last hour, as `usage.quota_status` counts it; a quiet hour projects none. */
function projectedLeft(quota: DayQuota, hours: readonly HourCalls[], nowHour: number): number {
  const since = Math.floor(nowHour) - 1;
  const recent = hours.filter(({ api, hour }) => api === quota.api && hour >= since);
  const elapsed = Math.max(0.25, Math.min(nowHour, nowHour - Math.max(0, since)));
  const perHour = recent.reduce((sum, { calls }) => sum + calls, 0) / elapsed;
  return quota.remaining - perHour * (24 - nowHour);
}

function burnDown(quota: DayQuota, hours: readonly HourCalls[], nowHour: number): Html {
  const { api, callLimit, used, remaining, exhaustedAt, isAssumed } = quota;
  const projected = projectedLeft(quota, hours, nowHour);
  const end =
    exhaustedAt === null
      ? `about ${count(Math.max(0, Math.round(projected)))} left at midnight`
      : 'used up before midnight';
  const label = `Calls left today: ${count(remaining)} of ${count(callLimit)}; at this pace ${end}`;
  return html`<article class="card burn">
    <h3>${apiName(api)}</h3>
    <p>
      <strong>${count(remaining)}</strong> of ${count(callLimit)}
      left${isAssumed ? html` <span class="muted">(limit assumed)</span>` : null}
    </p>
    ${burnDownChart({ label, callLimit, left: leftByHour(quota, hours, nowHour), nowHour, projected })}
    ${axisOf(['0:00', '12:00', '24:00'])}
    <p class="muted">
      ${count(used)} used (${percent(used, callLimit)}).
      ${exhaustedAt === null ? `At this pace ${end}.` : html`At this pace it ends at ${time(exhaustedAt)}.`}
    </p>
  </article>`;
}

/** Today's quota: a drawing for each API that was called, a row for each that was not. */
export function burnDowns(quotas: readonly DayQuota[], hours: readonly HourCalls[], now: Date): Html {
  const nowHour = hourOfDay(now);
  const called = quotas.filter(({ used }) => used > 0);
  const idle = quotas.filter(({ used }) => used === 0);
  return html`${
    called.length === 0
      ? html`<p class="empty">No calls today yet.</p>`
      : html`<div class="cards">${called.map((quota) => burnDown(quota, hours, nowHour))}</div>`
  }
  ${
    idle.length === 0
      ? null
      : html`<details>
          <summary>${count(idle.length)} APIs without a call today</summary>
          ${table({
            caption: 'APIs without a call today',
            columns: [text('API'), number('calls a day'), text('limit is')],
            rows: idle.map(({ api, callLimit, isAssumed }) => [
              apiName(api),
              count(callLimit),
              isAssumed ? 'assumed' : 'confirmed',
            ]),
            empty: '',
          })}
        </details>`
  }`;
}
