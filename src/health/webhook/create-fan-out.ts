import type { Severity } from '../../model/health-issue.ts';
import type { Notifier } from '../../model/notification.ts';

/** A receiver, and what is sent to it. */
export interface RoutedNotifier {
  readonly notifier: Notifier;
  readonly severities: readonly Severity[];
}

/**
 * Sends each item to all receivers that are meant for its severity. Fails while one of them fails; the others, which took it,
 * do not get it again from this process. `hasTaken` says which items need not be sent again at all.
 */
export function createFanOut(receivers: readonly RoutedNotifier[]): Notifier {
  const routes = receivers.map((receiver) => ({ ...receiver, taken: new Set<string>() }));
  return {
    hasTaken: ({ id, severity }) =>
      routes.every(({ severities, taken }) => !severities.includes(severity) || taken.has(id)),
    send: async (message, signal) => {
      const sent = await Promise.allSettled(
        routes.map(async ({ notifier, severities, taken }) => {
          const items = message.items.filter(
            ({ id, severity }) => severities.includes(severity) && !taken.has(id),
          );
          if (items.length === 0) return;
          // Changes are of no severity but this one.
          const later = severities.includes('note') ? (message.later ?? 0) : 0;
          await notifier.send({ ...message, items, later }, signal);
          for (const { id } of items) taken.add(id);
        }),
      );
      const failed = sent.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
      for (const { taken } of routes) taken.clear();
    },
  };
}
