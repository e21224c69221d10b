import type { NotificationItem, NotificationMessage } from '../../model/notification.ts';
import { footerOf, labelOf, pageUrl, tidy, titleOf } from './wording.ts';

function sentences(item: NotificationItem, siteUrl: string | null): string {
  const where = pageUrl(siteUrl, item.path) ?? `page ${item.path}`;
  const remedy = item.phase === 'over' || item.remedy === '' ? '' : ` What to do: ${tidy(item.remedy)}`;
  return `${labelOf(item)}: ${tidy(item.summary)}${remedy} See ${where}`;
}

/** The JSON of `NOTIFY_FORMAT=generic`, for custom receivers. Fields may be added; `version` changes with breaking changes. */
export function formatGeneric(message: NotificationMessage, siteUrl: string | null): unknown {
  const { source, items, more, sentAt } = message;
  return {
    version: 1,
    source,
    title: titleOf(message),
    text: [...items.map((item) => sentences(item, siteUrl)), ...footerOf(message)].join('\n'),
    sent_at: sentAt.toISOString(),
    items: items.map((item) => ({
      id: item.id,
      key: item.key,
      phase: item.phase,
      severity: item.severity,
      summary: tidy(item.summary),
      remedy: tidy(item.remedy),
      since: item.since.toISOString(),
      path: item.path,
      url: pageUrl(siteUrl, item.path),
    })),
    more,
  };
}
