import { DelayedError, RateLimitError } from 'bullmq';
import type { Clock } from '../core/clock.ts';
import { minuteMs } from '../core/duration.ts';
import { toNamedError } from '../db/database-error.ts';
import type { CallContext, Gateway, GatewayAnswer } from '../model/gateway.ts';
import type { CatalogRequest } from '../model/operation.ts';
import type { WorkerActivity } from '../runs/worker-heartbeat.ts';
import type { Queues } from './queue-backend.ts';

/** At half, the rate jumps at a slow pace of a call a minute; at double, a stop is noticed late. */
const recentMs = 5 * minuteMs;

/** Watches what this process does, for observers outside of it. */
export interface ActivityWatch {
  readonly read: () => WorkerActivity;
  /** The same gateway, whose calls are counted. */
  watchCalls(gateway: Gateway): Gateway;
  /** The same queues, whose jobs in this process are counted. */
  watchJobs(queues: Queues): Queues;
}

/** True for an error with which a job only waits. */
const isWait = (error: unknown): boolean => error instanceof DelayedError || error instanceof RateLimitError;

/** Counts the calls and jobs of this process, and keeps the code of their last error. */
export function createActivityWatch(clock: Clock): ActivityWatch {
  let jobs = 0;
  let lastError: WorkerActivity['lastError'] = null;
  let callsAtMs: number[] = [];
  const fail = (error: unknown): string => {
    const { code } = toNamedError(error);
    lastError = { code, at: clock.now() };
    return code;
  };
  const countCall = () => callsAtMs.push(clock.now().getTime());
  const counted =
    <Asked extends unknown[]>(ask: (...asked: Asked) => Promise<GatewayAnswer>) =>
    async (...asked: Asked): Promise<GatewayAnswer> => {
      try {
        const answer = await ask(...asked);
        if (answer.kind === 'answered' && !answer.isCached) countCall();
        return answer;
      } catch (error) {
        if (fail(error).startsWith('GATEWAY_')) countCall();
        throw error;
      }
    };
  return {
    read: () => {
      const sinceMs = clock.now().getTime() - recentMs;
      callsAtMs = callsAtMs.filter((atMs) => atMs > sinceMs);
      return { jobs, recentCalls: callsAtMs.length, lastError };
    },
    watchCalls: (gateway) => ({
      ...gateway,
      call: counted((request: CatalogRequest, context: CallContext) => gateway.call(request, context)),
      uploadImage: counted((image: Uint8Array, context: CallContext) => gateway.uploadImage(image, context)),
    }),
    watchJobs: (queues) => ({
      ...queues,
      work: (kind, concurrency, processor) =>
        queues.work(kind, concurrency, async (...job) => {
          jobs += 1;
          try {
            await processor(...job);
          } catch (error) {
            if (!isWait(error)) fail(error);
            throw error;
          } finally {
            jobs -= 1;
          }
        }),
    }),
  };
}
