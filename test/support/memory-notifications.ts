import type { SendDeps } from '../../src/health/notifications/send-notifications.ts';
import type { PendingChanges } from '../../src/health/trackers/tracker-store.ts';
import { createLogger } from '../../src/core/log.ts';
import type { HealthIssue } from '../../src/model/health-issue.ts';
import type {
  NotificationMessage,
  Notifier,
  Receiver,
  StoredHealthIssue,
} from '../../src/model/notification.ts';
import { healthFacts, noon, remedyOf } from './health-facts.ts';

/** What a sender finds at noon, and how its receiver answers. */
export interface Found {
  readonly facts?: Parameters<typeof healthFacts>[0];
  readonly pending?: PendingChanges;
  /** Another process sends. */
  readonly isLocked?: boolean;
  /** What the receiver throws; it may end the sender first. */
  readonly refusal?: () => Error;
  readonly options?: Partial<SendDeps>;
}

const asStored = ({ id, ...issue }: HealthIssue): StoredHealthIssue => ({
  ...{ ...issue, issueId: id, beganAt: noon, endedAt: null, notifiedState: null, notifiedAt: null },
});

/** A receiver of everything. */
export const toAll = (notifier: Notifier): Receiver => ({
  ...{ name: 'all', notifier, severities: ['act', 'warn', 'note'] },
});

/** A receiver of what needs a person. */
export const toUrgent = (notifier: Notifier): Receiver => ({ name: 'urgent', notifier, severities: ['act'] });

/** The parts of a sender that keep everything in memory, and what was done with them, in order. */
export function memoryNotifications(found: Found = {}) {
  const { facts, pending = { changes: [], total: 0 }, isLocked = false, refusal, options } = found;
  const done: string[] = [];
  let stored: StoredHealthIssue[] = [];
  const messages: NotificationMessage[] = [];
  const note = <T>(what: string, result: T): Promise<T> => Promise.resolve((done.push(what), result));
  const deps: SendDeps = {
    ...{ findRemedy: remedyOf, source: 'live', trackers: [] },
    log: createLogger({ level: 'silent', pretty: false }),
    receivers: [
      toAll({
        send: (message) => {
          messages.push(message);
          return refusal === undefined ? note('send', null) : Promise.reject(refusal());
        },
      }),
    ],
    issues: { read: () => note('read', healthFacts(facts)) },
    notifications: {
      exclusively: async (work) => {
        if (!isLocked) await work();
        return !isLocked;
      },
      readDelivery: () => note('readDelivery', healthFacts(facts).delivery),
      noteChecked: () => note('checked', undefined),
      merge: (issues) => {
        stored = issues.map(asStored);
        return note(`merge ${issues.map(({ key }) => key).join()}`, undefined);
      },
      listFor: () => Promise.resolve(stored),
      noteDelivered: (receiver, told, { isComplete }) =>
        note(
          `delivered ${receiver === 'all' && isComplete ? '' : `${receiver} ${String(isComplete)} `}${told.map((one) => `${one.issue}:${one.notifiedState}`).join()}`,
          undefined,
        ),
      noteUndelivered: (code, error, pauseMs) =>
        note(`undelivered ${code} (${error}) ${String(pauseMs)}`, undefined),
    },
    changes: {
      register: () => note('register', undefined),
      note: (trackers, { isSent }) => note(`note ${String(trackers.length)} ${String(isSent)}`, undefined),
      listPending: (limit) => note(`pending ${String(limit)}`, pending),
      noteSent: (ids) => note(`sent ${ids.join()}`, undefined),
      list: () => note('list', []),
      listNames: () => Promise.resolve([]),
    },
    ...options,
  };
  return { deps, done, messages };
}

/** Tables without a partition, which is one health issue. */
export const gap = { partitionGaps: ['raw.payload'] };
