import { join } from 'node:path';
import type { Pool } from 'pg';
import { systemClock } from '../core/clock.ts';
import type { Config } from '../config/environment.ts';
import { isLoopbackUrl } from '../core/loopback.ts';
import type { Logger } from '../core/log.ts';
import type { Receiver, Webhook } from '../model/notification.ts';
import type { Source } from '../model/run.ts';
import type { Tracker } from '../model/tracker.ts';
import { findRemedy } from './find-remedy.ts';
import { stateFolder } from './open-database.ts';
import { createDispatcher, type NotificationDispatcher } from '../health/notifications/create-dispatcher.ts';
import type { HealthStore } from '../health/issues/health-store.ts';
import { openOutageFile } from '../health/notifications/outage-file.ts';
import { createNotificationStore } from '../health/notifications/notification-store.ts';
import { createTrackerStore } from '../health/trackers/tracker-store.ts';
import { createNotifier } from '../health/webhook/create-notifier.ts';

/** The address of the ops pages; null: it is valid on this machine only. */
function siteUrlOf({ NEXT_PUBLIC_SITE_URL: site }: Config): string | null {
  const url = new URL(site);
  return isLoopbackUrl(url) ? null : `${url.origin}${url.pathname}`;
}

/** A receiver that the configuration names. */
export interface ConfiguredReceiver extends Receiver {
  readonly notifier: Webhook;
  readonly host: string;
  readonly format: Config['NOTIFY_FORMAT'];
}

/**
 * All receivers that the configuration names.
 *
 * @param command how people start the program
 */
export function openReceivers(config: Config, command = 'catalog-sync'): ConfiguredReceiver[] {
  const siteUrl = siteUrlOf(config);
  const all = [
    {
      name: 'all',
      url: config.NOTIFY_WEBHOOK_URL,
      format: config.NOTIFY_FORMAT,
      dingTalkSecret: config.NOTIFY_DINGTALK_SECRET ?? null,
      severities: ['act', 'warn', 'note'],
    },
    {
      name: 'urgent',
      url: config.NOTIFY_URGENT_WEBHOOK_URL,
      format: config.NOTIFY_URGENT_FORMAT,
      dingTalkSecret: config.NOTIFY_URGENT_DINGTALK_SECRET ?? null,
      severities: ['act'],
    },
  ] as const;
  return all.flatMap(({ name, url, format, dingTalkSecret, severities }) =>
    url === undefined
      ? []
      : [
          {
            notifier: createNotifier({ url, format, dingTalkSecret, siteUrl, command, clock: systemClock }),
            ...{ name, severities, host: new URL(url.reveal()).host, format },
          },
        ],
  );
}

export interface DispatcherParts {
  readonly pool: Pool;
  readonly config: Config;
  readonly health: HealthStore;
  readonly trackers: readonly Tracker[];
  readonly source: Source;
  readonly log: Logger;
}

/** Sends notifications, and notes what trackers notice; null: the configuration names no receiver, and there is no tracker. */
export function openDispatcher(
  { pool, config, health, trackers, source, log }: DispatcherParts,
  command?: string,
): NotificationDispatcher | null {
  const receivers = openReceivers(config, command);
  if (receivers.length === 0 && trackers.length === 0) return null;
  return createDispatcher({
    issues: health,
    notifications: createNotificationStore(pool),
    receivers,
    changes: createTrackerStore(pool),
    trackers,
    findRemedy,
    source,
    log,
    clock: systemClock,
    outageFile: openOutageFile(join(stateFolder(config.projectDir), 'outage.json'), log),
  });
}
