import type { NotificationItem, NotificationMessage } from '../../model/notification.ts';
import type { TrackedChange } from '../../model/tracker.ts';
import { offerUrl } from '../trackers/describe-change.ts';
import { adviceOf, footerOf, labelOf, pageUrl, tidy, titleOf } from './wording.ts';

function sentences(item: NotificationItem, siteUrl: string | null): string {
  const where = pageUrl(siteUrl, item.path) ?? `page ${item.path}`;
  return [`${labelOf(item)}: ${tidy(item.summary)}`, ...adviceOf(item), `See ${where}`].join(' ');
}

function writeChange(change: TrackedChange) {
  return {
    tracker: change.tracker,
    condition: change.condition,
    offer_id: change.offerId,
    sku_id: change.skuId,
    min_quantity: change.minQuantity,
    old: change.old,
    new: change.new,
    not_before: change.notBefore.toISOString(),
    seen_at: change.seenAt.toISOString(),
    offer_url: offerUrl(change.offerId),
  };
}

/** The JSON of `NOTIFY_FORMAT=generic`, for custom receivers. Fields may be added; `version` changes with breaking changes. */
export function formatGeneric(message: NotificationMessage, siteUrl: string | null): unknown {
  const { source, items, more, later = 0, sentAt } = message;
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
      issue: item.issueId,
      origin: item.cause?.origin ?? null,
      since: (item.cause?.since ?? item.since).toISOString(),
      heals_itself: item.cause?.healsItself ?? null,
      heals_at: item.cause?.healsAt?.toISOString() ?? null,
      run_id: item.runId,
      code: item.code,
      path: item.path,
      url: pageUrl(siteUrl, item.path),
      change: item.change === null ? null : writeChange(item.change),
    })),
    more: more + later,
  };
}
