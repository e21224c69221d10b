import { defineErrors } from '../../core/errors.ts';

/** Why a notification was not delivered. None is given up: a later attempt sends the state at that time. */
export const notifyErrors = defineErrors({
  NOTIFY_NOT_SET: {
    origin: 'operator',
    recovery: 'halt',
    remedy: 'Put NOTIFY_WEBHOOK_URL, and NOTIFY_FORMAT, into .env.local (docs/notifications.md).',
  },
  NOTIFY_UNAVAILABLE: {
    origin: 'network',
    recovery: 'retry',
    remedy:
      'Check that this machine can reach the receiver. catalog-sync retries automatically; `catalog-sync notify test` tries at once.',
  },
  NOTIFY_THROTTLED: {
    origin: 'operator',
    recovery: 'throttle',
    remedy:
      'Nothing: the notification is sent when the receiver accepts messages again. Other programs may use the same webhook.',
  },
  NOTIFY_REFUSED: {
    origin: 'operator',
    recovery: 'fail',
    remedy:
      'Check NOTIFY_WEBHOOK_URL, NOTIFY_FORMAT and, for DingTalk, NOTIFY_DINGTALK_SECRET or the keyword "catalog-sync"; then `catalog-sync notify test`.',
  },
});
