import type { Pool } from 'pg';
import { isSelfUse } from '../config/is-self-use.ts';
import type { Config } from '../config/environment.ts';
import { systemClock } from '../core/clock.ts';
import { unlessAborted, type CloseStack } from '../core/lifecycle.ts';
import type { Logger } from '../core/log.ts';
import { toNamedError } from '../db/database-error.ts';
import { createHealthStore } from '../health/issues/health-store.ts';
import { createTrackerStore } from '../health/trackers/tracker-store.ts';
import type { Queues } from '../jobs/queue-backend.ts';
import type { SyncConfig } from '../model/sync-config.ts';
import { createWorkerHeartbeat, type WorkerActivity } from '../runs/worker-heartbeat.ts';
import { credentialsOf, requireOurs, sourceOf } from './credentials.ts';
import { openDispatcher } from './open-dispatcher.ts';

export interface WorkerDeps {
  readonly pool: Pool;
  readonly config: Config;
  readonly sync: SyncConfig;
  readonly queues: Queues;
  readonly readActivity: () => WorkerActivity;
  readonly tick: () => Promise<void>;
  /** How people start the program, for notifications. */
  readonly command: string | undefined;
  readonly cut: AbortSignal;
  /** Ends what is opened here. */
  readonly closing: CloseStack;
  readonly log: Logger;
}

/** A process that works, as the others and people see it. */
export interface OpenWorker {
  /** A tick with a heartbeat before it; afterwards notifications are due. */
  readonly tick: () => Promise<void>;
  /** From now on it works until it is stopped. */
  readonly becomeService: () => void;
  /** Waits 15 seconds at most. */
  readonly sendNotifications: () => Promise<void>;
}

/** Opens the heartbeat and the notifications of this process. */
export function openWorker(deps: WorkerDeps): OpenWorker {
  const { pool, config, sync, queues, readActivity, command, cut, closing, log } = deps;
  const heartbeat = createWorkerHeartbeat({
    ...{ pool, clock: systemClock, sync, readActivity, log },
    findQueueTrouble: () => queues.findTrouble(),
  });
  closing.add('heartbeat', () => unlessAborted(cut, heartbeat.end(), () => undefined));
  const { trackers } = sync;
  const { appKey } = credentialsOf(config);
  const health = createHealthStore({ pool, appKey, feeds: sync.feeds, isSelfUse: isSelfUse(config) });
  const dispatcher = openDispatcher(
    { pool, config, health, trackers, source: sourceOf(config), log },
    command,
  );
  closing.add('notifications', () => dispatcher?.close());
  let isRegistered = trackers.length === 0;
  return {
    tick: async () => {
      try {
        await requireOurs(pool, config);
        // Before anything is loaded: what the first run of a tracker shows counts.
        if (!isRegistered) await createTrackerStore(pool).register(trackers);
        isRegistered = true;
        await heartbeat.beat();
        await deps.tick();
        heartbeat.noteTick(null);
      } catch (error) {
        heartbeat.noteTick(toNamedError(error).code);
        throw error;
      } finally {
        dispatcher?.wake();
      }
    },
    becomeService: heartbeat.becomeService,
    sendNotifications: async () => dispatcher?.finish(),
  };
}
