import { countOf } from '../../core/count-of.ts';
import type { HourCalls } from '../reads/overview-pages.ts';
import { html, type Html } from '../html.ts';
import { axisOf, burnDownChart } from '../parts/charts.ts';
import { apiName, count, percent, time } from '../parts/format.ts';
import { number, table, text } from '../parts/table.ts';
import { holdEnd } from './hold-table.ts';
import { hourOfDay, hoursOf, type Basis, type ProjectedDay } from './project-day.ts';

/** Calls left after each hour so far. What others spent is in `remaining` only, so the line is drawn from there. */
function leftByHour(quota: ProjectedDay, hours: readonly HourCalls[], nowHour: number): number[] {
  const own = hoursOf(quota, hours);
  const left = [quota.remaining + own.reduce((sum, { calls }) => sum + calls, 0)];
  for (let hour = 0; hour <= nowHour; hour += 1) {
    const spent = own.filter((row) => row.hour === hour).reduce((sum, { calls }) => sum + calls, 0);
    left.push((left.at(-1) ?? 0) - spent);
  }
  return left;
}

const listOf = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ');

/** Who wants these calls, for a sentence. */
function wantedBy(basis: Basis, wanted: string): string {
  if (basis.kind === 'none') return 'Nothing is known of the coming hours yet';
  if (basis.kind === 'usual')
    return `By the mean of these hours in ${basis.days === 1 ? 'the last day' : `the last ${count(basis.days)} days`}, ${wanted} calls are to come`;
  const who = [
    ...(basis.activeRuns > 0 ? ['active runs'] : []),
    ...(basis.schedules.length > 0 ? [`schedules (${listOf(basis.schedules)})`] : []),
  ];
  if (who.length === 0) return 'No schedule has a slot left today';
  const names = who.join(' and ');
  return `${names.charAt(0).toUpperCase()}${names.slice(1)} still want ${wanted} calls today`;
}

/** The expected end of the day, with what it goes by. */
function projection({ holdCode, basis, wanted, ahead, exhaustedAt }: ProjectedDay): Html | null {
  if (holdCode !== null) return null;
  const left = count(Math.round(ahead.at(-1)?.calls ?? 0));
  const why = wantedBy(basis, count(Math.round(wanted)));
  return exhaustedAt === null
    ? html`${why}: about ${left} left at midnight.`
    : html`${why}: they are used up at ${time(exhaustedAt)}.`;
}

/** What may still be called, or why nothing may. */
function leftLine(quota: ProjectedDay): Html {
  const { callLimit, remaining, left, isAssumed, holdCode, monthLimit } = quota;
  const assumed = isAssumed ? html` <span class="muted">(limit assumed)</span>` : null;
  if (holdCode !== null)
    return html`<p><strong>Held</strong> by <code>${holdCode}</code> until ${holdEnd(quota)}</p>`;
  if (left < remaining)
    return html`<p>
      <strong>${count(left)}</strong> left of ${count(monthLimit ?? 0)} this month, ${count(remaining)} of
      ${count(callLimit)} today${assumed}
    </p>`;
  return html`<p><strong>${count(remaining)}</strong> of ${count(callLimit)} left${assumed}</p>`;
}

function burnDown(quota: ProjectedDay, hours: readonly HourCalls[], nowHour: number): Html {
  const { api, callLimit, used, remaining, holdCode } = quota;
  const label =
    holdCode === null
      ? `Calls left today: ${count(remaining)} of ${count(callLimit)}`
      : `Calls of today: ${count(used)} of ${count(callLimit)}, and held by ${holdCode}`;
  return html`<article class="card burn">
    <h3>${apiName(api)}</h3>
    ${leftLine(quota)}
    ${burnDownChart({ label, callLimit, left: leftByHour(quota, hours, nowHour), nowHour, ahead: quota.ahead })}
    ${axisOf(['0:00', '12:00', '24:00'])}
    <p class="muted">${count(used)} used (${percent(used, callLimit)}). ${projection(quota)}</p>
  </article>`;
}

function idleTable(idle: readonly ProjectedDay[]): Html {
  return html`<details>
    <summary>${countOf(idle.length, 'API')} without a call today</summary>
    ${table({
      caption: 'APIs without a call today',
      columns: [text('API'), number('calls a day'), text('limit is'), number('still wanted')],
      rows: idle.map(({ api, callLimit, isAssumed, wanted }) => [
        apiName(api),
        count(callLimit),
        isAssumed ? 'assumed' : 'confirmed',
        count(Math.round(wanted)),
      ]),
    })}
  </details>`;
}

/** Today's quota: a drawing for each API that was called or is held, a row for each other. */
export function burnDowns(quotas: readonly ProjectedDay[], hours: readonly HourCalls[], now: Date): Html {
  const nowHour = hourOfDay(now);
  const isDrawn = ({ used, holdCode }: ProjectedDay) => used > 0 || holdCode !== null;
  const drawn = quotas.filter(isDrawn);
  const idle = quotas.filter((quota) => !isDrawn(quota));
  return html`${
    drawn.length === 0
      ? html`<p class="empty">
          No calls today yet. Those of <code>catalog-sync sync</code> and of schedules are counted here, by
          API.
        </p>`
      : html`<div class="cards">${drawn.map((quota) => burnDown(quota, hours, nowHour))}</div>`
  }
  ${idle.length === 0 ? null : idleTable(idle)}`;
}
