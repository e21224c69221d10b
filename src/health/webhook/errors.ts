import { defineErrors } from '../../core/errors.ts';

/** Why people could not be told. None of them is given up: what is new by then is sent by a later attempt. */
export const notifyErrors = defineErrors({
  NOTIFY_NOT_SET: {
    recovery: 'halt',
    remedy: 'Put NOTIFY_WEBHOOK_URL, and NOTIFY_FORMAT, into .env.local (docs/notifications.md).',
  },
  NOTIFY_UNAVAILABLE: {
    recovery: 'retry',
    remedy:
      'Look whether this machine can reach the receiver. It is tried again by itself; `catalog-sync notify test` tries at once.',
  },
  NOTIFY_THROTTLED: {
    recovery: 'throttle',
    remedy: 'Nothing: it is sent when the receiver takes messages again. Others may use the same webhook.',
  },
  NOTIFY_REFUSED: {
    recovery: 'fail',
    remedy:
      'Check NOTIFY_WEBHOOK_URL, NOTIFY_FORMAT and, for DingTalk, NOTIFY_DINGTALK_SECRET or the keyword "catalog-sync"; then `catalog-sync notify test`.',
  },
});
