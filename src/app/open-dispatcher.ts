import type { Pool } from 'pg';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../config/environment.ts';
import { isLoopbackUrl } from '../core/loopback.ts';
import type { Logger } from '../core/log.ts';
import type { Notifier } from '../model/notification.ts';
import type { Source } from '../model/run.ts';
import { findRemedy } from './find-remedy.ts';
import { createDispatcher, type NotificationDispatcher } from '../health/notifications/create-dispatcher.ts';
import { createHealthStore } from '../health/issues/health-store.ts';
import { createNotificationStore } from '../health/notifications/notification-store.ts';
import { createNotifier } from '../health/webhook/create-notifier.ts';

/** The address of the ops pages; null: it is valid on this machine only. */
function siteUrlOf({ NEXT_PUBLIC_SITE_URL: site }: Config): string | null {
  const url = new URL(site);
  return isLoopbackUrl(url) ? null : `${url.origin}${url.pathname}`;
}

/** The receiver that the configuration names; null: it names none. */
export function openNotifier(config: Config): Notifier | null {
  const { NOTIFY_WEBHOOK_URL: url, NOTIFY_FORMAT: format, NOTIFY_DINGTALK_SECRET: secret } = config;
  if (url === undefined) return null;
  const siteUrl = siteUrlOf(config);
  return createNotifier({ url, format, dingTalkSecret: secret ?? null, siteUrl, clock: systemClock });
}

export interface DispatcherParts {
  readonly pool: Pool;
  readonly config: Config;
  readonly source: Source;
  readonly log: Logger;
}

/** Sends notifications; null: the configuration names no receiver. */
export function openDispatcher({
  pool,
  config,
  source,
  log,
}: DispatcherParts): NotificationDispatcher | null {
  const notifier = openNotifier(config);
  if (notifier === null) return null;
  const issues = createHealthStore({ pool, appKey: config.ALIBABA_APP_KEY ?? '' });
  const notifications = createNotificationStore(pool);
  return createDispatcher({ issues, notifications, notifier, findRemedy, source, log, clock: systemClock });
}
