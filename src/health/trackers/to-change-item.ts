import { createHash } from 'node:crypto';
import type { NotificationItem } from '../../model/notification.ts';
import type { TrackedChange } from '../../model/tracker.ts';
import { describeChange, describeTime, offerUrl } from './describe-change.ts';

/** A change that a tracker noticed, as an item of a message. It has the same id whenever it is sent. */
export function toChangeItem(change: TrackedChange): NotificationItem {
  const { changeId, tracker, offerId, subject, condition, seenAt } = change;
  const key = `tracker:${tracker}:${offerId}:${condition}`;
  const parts = [key, changeId, seenAt.toISOString()];
  const title = (subject ?? '').replaceAll('`', "'");
  return {
    id: createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32),
    key,
    phase: 'happened',
    severity: 'note',
    summary: `\`${tracker}\`: offer ${offerId} ${title}: ${describeChange(change)}, ${describeTime(change)}. ${offerUrl(offerId)}`,
    remedy: '',
    path: `/products/${offerId}`,
    since: seenAt,
    issueId: null,
    cause: null,
    runId: null,
    code: null,
    change,
  };
}
