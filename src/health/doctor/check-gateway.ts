import type { Clock } from '../../core/clock.ts';
import { minuteMs } from '../../core/duration.ts';
import { AppError, type ErrorKind } from '../../core/errors.ts';
import { extractErrors } from '../../extract/errors.ts';
import { requestFor } from '../../extract/endpoints/target-request.ts';
import type { CallContext, CallWaiting, Gateway } from '../../model/gateway.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { RawStore } from '../../raw/raw-store.ts';
import { formatWaiting } from './ask-patiently.ts';
import { failed, ok, warn, type Check } from './check.ts';

const name = 'signed call';

/** 1688's tolerance is not documented; a clock that is off by more than this may exceed it. */
const clockToleranceMs = minuteMs;

const context: CallContext = {
  ...{ runId: null, jobId: null, windowId: null },
  ...{ lane: 'manual', freshForMs: 0 },
};

export interface SignedCallParts {
  readonly gateway: Pick<Gateway, 'call' | 'readTime'>;
  readonly raw: Pick<RawStore, 'keepOut'>;
  readonly sync: SyncConfig;
  readonly clock: Clock;
}

/** What the gateway says only after it found the signature right (measured by clients). */
const afterSignature: ReadonlySet<ErrorKind> = new Set([
  extractErrors.GATEWAY_NO_GRANT,
  extractErrors.GATEWAY_PARAM_MISSING,
]);

const notMade = (wait: CallWaiting): Check =>
  warn(
    name,
    `category.children was ${formatWaiting(wait)}`,
    'Run `catalog-sync doctor` again later; `catalog-sync status` shows holds, and when quotas reset.',
  );

/**
 * Asks for the root categories: proves that the address, App Key and App Secret belong together, because 1688's own
 * documentation says that this API checks the signature. Of the clock that is not certain: one SDK reads it unsigned.
 * Null: accepted.
 */
async function findSignatureProblem({ gateway, raw, sync }: SignedCallParts): Promise<Check | null> {
  try {
    const answer = await gateway.call(requestFor('category.children', '0', sync), context);
    if (answer.kind === 'waiting') return notMade(answer);
    // Nothing was asked to be in the catalog.
    await raw.keepOut(answer.provenance.rawId);
    return null;
  } catch (error) {
    return error instanceof AppError && afterSignature.has(error.kind) ? null : failed(name, error);
  }
}

/** The signed call, then the gateway's clock. Two calls. */
export async function checkGateway(parts: SignedCallParts): Promise<Check> {
  const problem = await findSignatureProblem(parts);
  if (problem) return problem;
  const accepted = 'the gateway accepted App Key and signature';
  try {
    const answer = await parts.gateway.readTime(context);
    if (answer.kind === 'waiting') return ok(name, accepted);
    const skewMs = Math.abs(parts.clock.now().getTime() - answer.gatewayTime.getTime());
    if (skewMs > clockToleranceMs) {
      return warn(
        name,
        `accepted, but the clocks differ by ${String(Math.round(skewMs / 1000))} s`,
        "Set this machine's clock (NTP).",
      );
    }
    return ok(name, `${accepted}; the clocks differ by ${(skewMs / 1000).toFixed(1)} s`);
  } catch (error) {
    return failed(name, error);
  }
}
