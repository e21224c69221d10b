import type { Pool } from 'pg';
import type { Config } from '../../config/environment.ts';
import { createNotificationStore } from '../notifications/notification-store.ts';
import type { Secret } from '../../core/secret.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { ok, skip, warn, type Check } from './check.ts';

const name = 'notifications';

/** Hosts that understand one format only. */
const formatOfHost: Readonly<Record<string, Config['NOTIFY_FORMAT']>> = {
  'hooks.slack.com': 'slack',
  'oapi.dingtalk.com': 'dingtalk',
};

interface ReceiverSettings {
  readonly prefix: 'NOTIFY' | 'NOTIFY_URGENT';
  readonly webhook: Secret;
  readonly format: Config['NOTIFY_FORMAT'];
  readonly secret: Secret | undefined;
}

function checkReceiver({ prefix, webhook, format, secret }: ReceiverSettings): Check {
  const { host } = new URL(webhook.reveal());
  const wanted = formatOfHost[host];
  if (wanted !== undefined && wanted !== format)
    return warn(name, `${host} does not understand format ${format}`, `Set ${prefix}_FORMAT=${wanted}.`);
  if (secret !== undefined && format !== 'dingtalk') {
    const message = `${prefix}_DINGTALK_SECRET is set, but messages are not signed`;
    return warn(name, message, `Set ${prefix}_FORMAT=dingtalk, or remove the secret.`);
  }
  const what = prefix === 'NOTIFY' ? 'to' : 'what needs a person to';
  return ok(name, `${what} ${host}, of format ${format}; \`catalog-sync notify test\` tries it`);
}

/** Whether notifications are sent, and in formats that their receivers accept. */
export function checkNotifySettings(config: Config): Check[] {
  const { NOTIFY_WEBHOOK_URL: all, NOTIFY_URGENT_WEBHOOK_URL: urgent } = config;
  const checks = [
    ...(all === undefined
      ? []
      : [
          checkReceiver({
            ...{ prefix: 'NOTIFY', webhook: all, format: config.NOTIFY_FORMAT },
            secret: config.NOTIFY_DINGTALK_SECRET,
          }),
        ]),
    ...(urgent === undefined
      ? []
      : [
          checkReceiver({
            ...{ prefix: 'NOTIFY_URGENT', webhook: urgent, format: config.NOTIFY_URGENT_FORMAT },
            secret: config.NOTIFY_URGENT_DINGTALK_SECRET,
          }),
        ]),
  ];
  if (checks.length > 0) return checks;
  const message = 'notifications are off: NOTIFY_WEBHOOK_URL is not set';
  return [skip(name, message, 'docs/notifications.md says how to enable them.')];
}

/** The result of the last notification; empty when none are configured. */
export async function checkDelivery(pool: Pool, config: Config): Promise<Check[]> {
  if (config.NOTIFY_WEBHOOK_URL === undefined && config.NOTIFY_URGENT_WEBHOOK_URL === undefined) return [];
  const { attempts, deliveredAt } = await createNotificationStore(pool).readDelivery();
  // Of more than one, the health issue `undelivered` tells.
  if (attempts > 1) return [];
  const when =
    deliveredAt === null ? 'none delivered yet' : `last delivered ${shanghaiTime(deliveredAt)} (Shanghai)`;
  return [ok(name, attempts === 0 ? when : `${when}; the last attempt failed, and is repeated`)];
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
