import { shanghaiTime } from '../../core/shanghai-time.ts';
import { describeCause } from '../issues/describe-cause.ts';
import type { NotificationItem, NotificationMessage } from '../../model/notification.ts';

/** A longer sentence has text that is no message; half would cut our own. */
const maxTextLength = 400;

/** Controls, and marks that reorder or end lines: names of others may have them. */
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/** Text of others on one line, of a length that fits. */
export function tidy(text: string): string {
  const line = text.replace(unsafe, ' ').trim();
  return line.length > maxTextLength ? `${line.slice(0, maxTextLength - 1).toWellFormed()}…` : line;
}

/** The phase of an item, before its sentence. */
export function labelOf({ phase, since }: Pick<NotificationItem, 'phase' | 'since'>): string {
  if (phase === 'over') return 'Over';
  return phase === 'lasting' ? `Still, since ${shanghaiTime(since)}` : 'New';
}

/** What to do, and whose it is, as sentences; empty where it is over. */
export function adviceOf({ phase, remedy, cause }: NotificationItem): string[] {
  if (phase === 'over') return [];
  return [
    ...(remedy === '' ? [] : [`What to do: ${tidy(remedy)}`]),
    ...(cause === null ? [] : [describeCause(cause)]),
  ];
}

const things = (count: number) => (count === 1 ? '1 thing' : `${String(count)} things`);

function summarise(items: readonly NotificationItem[]): string {
  const [first] = items;
  if (first !== undefined && items.length === 1) {
    return `${first.phase === 'over' ? 'over: ' : ''}${tidy(first.summary).replaceAll('`', '')}`;
  }
  const over = items.filter(({ phase }) => phase === 'over').length;
  const act = items.filter(({ phase, severity }) => phase !== 'over' && severity === 'act').length;
  const rest = items.length - over - act;
  return [
    ...(act > 0 ? [`${things(act)} ${act === 1 ? 'needs' : 'need'} a person`] : []),
    ...(rest > 0 ? [`${things(rest)} to know`] : []),
    ...(over > 0 ? [`${things(over)} ${over === 1 ? 'is' : 'are'} over`] : []),
  ].join(', ');
}

/** The first line; always names the product, because DingTalk may require this keyword. */
export function titleOf({ source, items }: Pick<NotificationMessage, 'source' | 'items'>): string {
  const where = source === 'sandbox' ? 'catalog-sync (SANDBOX, using mock data)' : 'catalog-sync';
  return `${where}: ${summarise(items)}`;
}

/** Where a page is; null: the address of the pages is not known. */
export function pageUrl(siteUrl: string | null, path: string): string | null {
  return siteUrl === null ? null : `${siteUrl.replace(/\/+$/, '')}${path}`;
}

const laterLine = (later: number) =>
  later === 1
    ? 'And 1 more change: the next message has it, and the page /trackers.'
    : `And ${String(later)} more changes: the next messages have them, and the page /trackers.`;

/** The last lines: the number of items left out, and the time zone. */
export function footerOf({
  items,
  more,
  later = 0,
}: Pick<NotificationMessage, 'items' | 'more' | 'later'>): string[] {
  return [
    ...(more > 0 ? [`And ${String(more)} more: the first of the ops pages has all of them.`] : []),
    ...(later > 0 ? [laterLine(later)] : []),
    ...(items.length > 0 ? ['Times are those of Shanghai.'] : []),
  ];
}
