import { countOf } from '../../core/count-of.ts';
import { daysPerMonth } from '../../refresh/forecast/days-per-month.ts';
import type { Advice } from '../../refresh/forecast/advise.ts';
import type { AgeForecast, ApiForecast, FeedForecast, Forecast } from '../../refresh/forecast/forecast.ts';
import { isGuess } from '../../refresh/forecast/is-guess.ts';
import { formatTable, type Column } from '../../terminal/format-table.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { safeText } from '../../terminal/safe-text.ts';
import { wrapText } from '../../terminal/wrap-text.ts';
import { describePromise } from '../../runs/describe-promise.ts';
import { limitOf, type Plan } from './read-plan.ts';
import { describeHolds, describeWaiting, formatDuration } from './describe-next-run.ts';
import { formatSourceYield } from './format-source-yield.ts';
import { describeBasis } from './describe-basis.ts';

const right = (header: string): Column => ({ header, align: 'right' });
const left = (header: string): Column => ({ header });

const roundUp = (calls: number): number => Math.max(0, Math.ceil(calls - 1e-6));

/** Whole calls, rounded up. */
export const formatCalls = (calls: number): string => roundUp(calls).toLocaleString('en');

/** The same with their noun: `1 call`, or `2,355 calls`. */
export const countCalls = (calls: number): string => countOf(roundUp(calls), 'call');

/** A share from 0 to 1: `34 %`. */
export const formatPercent = (part: number): string => `${Math.round(100 * part).toString()} %`;

/** An age: `0.5 d`, `12 d`, or `never`. */
export function formatDays(days: number): string {
  if (!Number.isFinite(days) || days > 36_500) return 'never';
  return `${days < 10 ? days.toFixed(1) : Math.round(days).toLocaleString('en')} d`;
}

function formatApis(apis: readonly ApiForecast[], { limits }: Plan): string {
  const columns = [
    left('calls'),
    ...['next run', 'due', 'once', 'a day', 'wanted', 'day', 'month'].map(right),
  ];
  const share = (calls: number, limit: number | null) => (limit ? formatPercent(calls / limit) : '-');
  const rows = apis.map(({ operation, nextRun, due, perDay, wantedPerDay, toFirstPass }) => {
    return [
      operation,
      ...[nextRun, due, toFirstPass, perDay, wantedPerDay].map(formatCalls),
      share(perDay, limitOf(limits, operation, 'day')),
      share(perDay * daysPerMonth, limitOf(limits, operation, 'month')),
    ];
  });
  return formatTable(columns, rows);
}

function formatAges({ meanDays, p90Days }: AgeForecast): string[] {
  return [formatDays(meanDays), formatDays(p90Days)];
}

function formatFeeds(feeds: readonly FeedForecast[]): string {
  const columns = [
    left('feed'),
    ...['offers', 'new a day', 'rows: age', '9 of 10', 'details: age', '9 of 10', 'right'].map(right),
  ];
  const rows = feeds.map((feed) => [
    feed.feed,
    formatCalls(feed.offers),
    feed.newPerDay < 10 ? feed.newPerDay.toFixed(1) : formatCalls(feed.newPerDay),
    ...formatAges(feed.rows),
    ...formatAges(feed.details),
    formatPercent(feed.fresh),
  ]);
  return formatTable(columns, rows);
}

function describeSetting({ feed, setting, to }: Advice): string {
  const where = feed === null ? '' : ` in feed ${feed}`;
  return setting === 'searches' ? `${to} searches` : `${setting}: ${to}${where}`;
}

/** One sentence an API that is short of calls. */
function formatAdvice(advice: readonly Advice[]): string[] {
  return [...new Set(advice.map(({ operation }) => operation))].map((operation) => {
    const own = advice.filter((item) => item.operation === operation);
    const { wantedPerDay = 0, perDay = 0 } = own[0] ?? {};
    const bounds = own.filter(({ setting }) => setting === 'max_offers');
    const others = own.filter(({ setting }) => setting !== 'max_offers' && setting !== 'drop');
    const drops = own.filter(({ setting }) => setting === 'drop');
    const ways = [
      ...(bounds.length > 0 ? [bounds.map(describeSetting).join(' and ')] : []),
      ...others.map(describeSetting),
    ];
    const hint =
      drops.length > 0
        ? ` Worth least a call: ${drops.map(({ to, feed }) => `${safeText(to)} (${String(feed)})`).join(', ')}.`
        : '';
    const what = `${operation}: freshness targets need ${countCalls(wantedPerDay)}/day; ${formatCalls(perDay)} ${roundUp(perDay) === 1 ? 'is' : 'are'} available.`;
    return `${what} It would fit with ${ways.join(', or ')}.${hint}`;
  });
}

function describeRun({ forecast, holds, now }: Plan): string {
  const { nextRun, apis } = forecast;
  const { seconds, newOffers, changedOffers } = nextRun;
  const calls = apis.reduce((sum, api) => sum + api.nextRun, 0);
  if (calls < 1) {
    const waiting = describeWaiting(forecast, holds);
    return waiting === null ? 'Nothing is due now.' : `The next run: ${waiting}.`;
  }
  const end = shanghaiTime(new Date(now.getTime() + seconds * 1000));
  const bound = isGuess(forecast) ? 'at most ' : '';
  const held = holds.length > 0 ? ` Meanwhile, ${describeHolds(holds)}.` : '';
  return `The next run: ${bound}${countCalls(calls)} in about ${formatDuration(seconds)}, until ${end} (Shanghai) if it starts now; ${bound}${formatCalls(newOffers)} new and ${countOf(roundUp(changedOffers), 'changed offer')}.${held}`;
}

function describeFirstPass(forecast: Forecast): string {
  const { firstPassDays } = forecast;
  if (firstPassDays === 0) return 'Initial crawl complete.';
  if (!Number.isFinite(firstPassDays)) return 'There are too few calls to ever fetch everything.';
  const bound = isGuess(forecast) ? 'at most ' : '';
  const days =
    firstPassDays === 1 ? 'within the present day' : `in ${bound}${formatCalls(firstPassDays)} days`;
  return `The initial crawl completes ${days}.`;
}

/** The forecast for people, in lines of at most `width` cells where they are not rows of a table. */
export function formatForecast(plan: Plan, width: number): string {
  const { forecast, advice, broken } = plan;
  const found = plan.found === null ? null : formatSourceYield(plan.found);
  const sentences = (lines: readonly string[], mark: string) =>
    lines.map((line) => wrapText(`${mark}${line}`, width, mark.length));
  return [
    formatApis(forecast.apis, plan),
    '',
    formatFeeds(forecast.feeds),
    '',
    ...(found === null ? [] : [found, '']),
    ...sentences([describeRun(plan), describeFirstPass(forecast)], ''),
    '',
    ...sentences(
      broken.map(describePromise).map(({ problem, remedy }) => safeText(`${problem}. ${remedy}.`)),
      '! ',
    ),
    ...sentences(formatAdvice(advice), '! '),
    ...sentences(describeBasis(plan), '- '),
  ].join('\n');
}
