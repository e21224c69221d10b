import type { Notifier, Receiver } from '../../model/notification.ts';

/**
 * Sends each item to all receivers that are meant for its severity. Fails while one of them fails; the others, which took it,
 * do not get it again from this process.
 */
export function createFanOut(receivers: readonly Receiver[]): Notifier {
  const routes = receivers.map((receiver) => ({ ...receiver, taken: new Set<string>() }));
  return {
    send: async (message, signal) => {
      const sent = await Promise.allSettled(
        routes.map(async ({ notifier, severities, taken }) => {
          const items = message.items.filter(
            ({ id, severity }) => severities.includes(severity) && !taken.has(id),
          );
          if (items.length === 0) return;
          await notifier.send({ ...message, items }, signal);
          for (const { id } of items) taken.add(id);
        }),
      );
      const failed = sent.find((end) => end.status === 'rejected');
      if (failed) throw failed.reason;
      for (const { taken } of routes) taken.clear();
    },
  };
}
