import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { toAppError, type AppError, type ErrorKind } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { shanghaiTime } from '../../core/shanghai-time.ts';
import { databaseErrors } from '../../db/errors.ts';
import type { NotificationItem, NotificationPhase, Notifier } from '../../model/notification.ts';
import type { Source } from '../../model/run.ts';
import { endsByItself } from '../issues/ending.ts';
import type { OutageFile } from './outage-file.ts';

/** A restart of Postgres is over by then. At double, people would hear of an outage after the alert of Prometheus. */
const toldAfterMs = 15_000;

export interface OutageDeps {
  readonly notifier: Notifier;
  /** Of the project: the next process ends what this one does not outlast. */
  readonly file: OutageFile;
  readonly source: Source;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tells people of an outage of the database, which can't keep what was told: each process does it once an outage, or ends what an earlier one told. */
export interface OutageNotifier {
  /** Health issues could not be read. `isLast`: this process ends next; it tells of an event, as nobody would tell of its end. */
  failed(error: AppError, isLast: boolean, signal: AbortSignal): Promise<void>;
  /** They could. */
  answered(signal: AbortSignal): Promise<void>;
}

interface Outage {
  readonly kind: ErrorKind;
  readonly since: Date;
  told: 'begun' | 'happened' | null;
}

/** Each process tells for itself. */
const idOf = (parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);

function itemOf({ kind, since }: Outage, phase: NotificationPhase): NotificationItem {
  return {
    ...{ id: idOf([String(process.pid), phase, since.toISOString()]), key: `database:${kind.code}` },
    ...{ phase, severity: 'act', issueId: 'database', code: kind.code, runId: null, path: '/', since },
    summary: `The database can't be used since ${shanghaiTime(since)}: \`${kind.code}\`. No call is made, and nothing is lost.`,
    remedy: kind.remedy,
    cause: { origin: kind.origin, since, healsItself: endsByItself(kind), healsAt: null },
    change: null,
  };
}

/** What an earlier process of the project sent, and did not outlast. */
function readSent(file: OutageFile): Outage | null {
  const sent = file.read();
  const kind = Object.values(databaseErrors).find(({ code }) => code === sent?.code);
  return sent && kind ? { kind, since: sent.since, told: 'begun' } : null;
}

export function createOutageNotifier({ notifier, file, source, clock, log }: OutageDeps): OutageNotifier {
  let outage = readSent(file);

  const tell = async (item: NotificationItem, signal: AbortSignal): Promise<boolean> => {
    try {
      await notifier.send({ source, items: [item], more: 0, sentAt: clock.now() }, signal);
      return true;
    } catch (thrown) {
      const err = toAppError(thrown);
      if (!signal.aborted) log.warn({ err, code: err.code }, 'notification not delivered, trying again');
      return false;
    }
  };

  return {
    failed: async (error, isLast, signal) => {
      if (!error.kind.isOutage) return;
      const now = clock.now();
      outage ??= { kind: error.kind, since: now, told: null };
      if (outage.told !== null || (!isLast && now.getTime() - outage.since.getTime() < toldAfterMs)) return;
      const phase = isLast ? 'happened' : 'begun';
      if (!(await tell(itemOf(outage, phase), signal))) return;
      outage.told = phase;
      if (phase === 'begun') file.write({ code: outage.kind.code, since: outage.since });
    },
    answered: async (signal) => {
      if (outage?.told === 'begun') {
        if (!(await tell(itemOf(outage, 'over'), signal))) return;
        file.remove();
      }
      outage = null;
    },
  };
}
