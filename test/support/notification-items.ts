import type { NotificationItem } from '../../src/model/notification.ts';
import type { TrackedChange } from '../../src/model/tracker.ts';
import { afterNoon, noon } from './health-facts.ts';

/** A health issue that has begun, with parts of its own. */
export const notificationItem = (parts: Partial<NotificationItem> = {}): NotificationItem => ({
  ...{ id: 'a'.repeat(32), key: 'run:all:ODD', phase: 'begun', severity: 'act', summary: 'It failed.' },
  ...{ remedy: 'Look at it.', path: '/runs/12', since: noon, issueId: 'run', runId: '12', code: 'ODD' },
  cause: { origin: '1688', since: null, healsItself: false, healsAt: null },
  change: null,
  ...parts,
});

/** The price of an offer that fell from 12 to 9.5, with parts of its own. */
export const trackedChange = (parts: Partial<TrackedChange> = {}): TrackedChange => ({
  ...{ changeId: '5', tracker: 'cups', condition: 'price_down', offerId: '610', subject: 'A `cup`' },
  ...{ skuId: '0', skuLabel: null, minQuantity: 1, old: '12', new: '9.5' },
  ...{ notBefore: afterNoon(-1, 'h'), seenAt: noon },
  ...parts,
});
