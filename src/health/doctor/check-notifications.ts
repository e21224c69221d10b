import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { createNotificationStore } from '../notifications/notification-store.ts';
import { formatTime } from '../../core/format-time.ts';
import { ok, skip, warn, type Check } from './check.ts';

const name = 'notifications';

/** Hosts that understand one format only. */
const formatOfHost: Readonly<Record<string, Config['NOTIFY_FORMAT']>> = {
  'hooks.slack.com': 'slack',
  'oapi.dingtalk.com': 'dingtalk',
};

/** Whether notifications are sent, and in a format that the receiver accepts. */
export function checkNotifySettings(config: Config): Check {
  const { NOTIFY_WEBHOOK_URL: webhook, NOTIFY_FORMAT: format, NOTIFY_DINGTALK_SECRET: secret } = config;
  if (webhook === undefined) {
    return skip(
      name,
      'notifications are off: NOTIFY_WEBHOOK_URL is not set',
      'docs/notifications.md says how to enable them.',
    );
  }
  const { host } = new URL(webhook.reveal());
  const wanted = formatOfHost[host];
  if (wanted !== undefined && wanted !== format) {
    return warn(name, `${host} does not understand format ${format}`, `Set NOTIFY_FORMAT=${wanted}.`);
  }
  if (secret !== undefined && format !== 'dingtalk') {
    const message = 'NOTIFY_DINGTALK_SECRET is set, but messages are not signed';
    return warn(name, message, 'Set NOTIFY_FORMAT=dingtalk, or remove the secret.');
  }
  return ok(name, `to ${host}, of format ${format}; \`catalog-sync notify test\` tries it`);
}

/** The result of the last notification; empty when none are configured. */
export async function checkDelivery(pool: Pool, { NOTIFY_WEBHOOK_URL: webhook }: Config): Promise<Check[]> {
  if (webhook === undefined) return [];
  const { attempts, failingSince, deliveredAt, errorCode, error } =
    await createNotificationStore(pool).readDelivery();
  if (attempts > 0) {
    const message = `not delivered since ${formatTime(failingSince)}: ${errorCode ?? ''}, ${error ?? ''}`;
    return [warn(name, message, '`catalog-sync notify test` shows what the receiver says.')];
  }
  const when = deliveredAt === null ? 'none sent yet' : `last delivered ${formatTime(deliveredAt)}`;
  return [ok(name, when)];
}

/** Whether a dead man's switch is pinged, and the host of it: its path is a secret. */
export function checkHeartbeat({ HEARTBEAT_URL: url }: Config): Check {
  if (url === undefined)
    return skip(
      'heartbeat',
      'no pings: HEARTBEAT_URL is not set',
      "docs/alerts.md says what a dead man's switch is for.",
    );
  return ok('heartbeat', `pings ${new URL(url.reveal()).host}`);
}
