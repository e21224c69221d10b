import type { Clock } from '../../core/clock.ts';
import { minuteMs } from '../../core/duration.ts';
import type { Gateway } from '../../model/gateway.ts';
import { failed, ok, warn, type Check } from './check.ts';

const name = 'signed call';

/** 1688's tolerance is not documented; a clock that is off by more than this may exceed it. */
const clockToleranceMs = minuteMs;

/**
 * Gets the time of the gateway with a signed call: proves that the address, App Key and App Secret belong
 * together. Counts as one call.
 */
export async function checkGateway(gateway: Pick<Gateway, 'readTime'>, clock: Clock): Promise<Check> {
  try {
    const answer = await gateway.readTime({
      runId: null,
      jobId: null,
      windowId: null,
      lane: 'manual',
      freshForMs: 0,
    });
    if (answer.kind === 'waiting') {
      return warn(
        name,
        `not made: the limit of ${answer.by} is reached`,
        'Run it again later; `catalog-sync status` shows when.',
      );
    }
    const skewMs = Math.abs(clock.now().getTime() - answer.gatewayTime.getTime());
    if (skewMs > clockToleranceMs) {
      return warn(
        name,
        `accepted, but the clocks differ by ${String(Math.round(skewMs / 1000))} s`,
        "Set this machine's clock (NTP).",
      );
    }
    return ok(
      name,
      `the gateway accepted App Key and signature; the clocks differ by ${(skewMs / 1000).toFixed(1)} s`,
    );
  } catch (error) {
    return failed(name, error);
  }
}
