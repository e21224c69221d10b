import { exitCodes, type ExitCode } from '../core/exit-codes.ts';
import { listenForShutdown } from '../core/lifecycle.ts';
import { createPing, keepPinging, pingTimeoutMs } from '../health/webhook/create-ping.ts';
import { within } from '../health/webhook/send-request.ts';
import { commandSteps, deadlineSteps } from './run-session.ts';
import type { Session } from './session.ts';

/** The last ping ends a moment after everything else: a stop and a deadline keep what they promise. */
const pingMs = 300;

/**
 * Pings HEARTBEAT_URL at the start and at the end of a command; just does the work where it is not set. No ping changes
 * what comes of the work, or delays its end by more than `pingTimeoutMs`.
 *
 * @param msToDeadline milliseconds from now, negative when it has passed; null: there is none
 */
export async function withPings(
  session: Session,
  msToDeadline: number | null,
  work: () => Promise<ExitCode>,
): Promise<ExitCode> {
  const { config, context, log } = session;
  if (config.HEARTBEAT_URL === undefined) return work();
  const ping = createPing(config.HEARTBEAT_URL, log);
  const later = <Steps extends { readonly overMs: number }>(steps: Steps) => ({
    ...steps,
    overMs: steps.overMs + pingMs,
  });
  const shutdown = listenForShutdown(context.signals, {
    afterSignal: later(commandSteps),
    deadline: msToDeadline === null ? null : { inMs: msToDeadline, steps: later(deadlineSteps) },
  });
  const started = ping('start', shutdown.over);
  let isGood = false;
  try {
    const exitCode = await work();
    isGood = exitCode === exitCodes.succeeded;
    return exitCode;
  } finally {
    await within(pingTimeoutMs, shutdown.over, async (signal) => {
      // In their order; it ends by itself before this time is up.
      await started;
      await ping(isGood ? 'success' : 'fail', signal);
    });
    shutdown.dispose();
  }
}

/** Gives what a service calls after each tick, so that HEARTBEAT_URL is pinged while its ticks succeed. */
export function openHeartbeat({ config, context, log }: Session): () => void {
  if (config.HEARTBEAT_URL === undefined) return () => undefined;
  return keepPinging(createPing(config.HEARTBEAT_URL, log), context.clock);
}
