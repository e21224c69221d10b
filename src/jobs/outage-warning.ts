import { systemClock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { toDatabaseError } from '../db/database-error.ts';

/** An outage is over when no connection failed for this long; connections are retried at least every 20 s. */
const outageOverMs = 30_000;

/** ioredis gives no code to the error of a command that waited for a connection. */
function isLostRedis(err: Error): boolean {
  const code = 'code' in err && typeof err.code === 'string' ? err.code : '';
  return /^E[A-Z_]{3,}$/.test(code) || err.message.startsWith('Reached the max retries per request limit');
}

/** The name of an outage in the log; null: the error is no outage. */
function outageOf(err: unknown, backend: 'redis' | 'postgres'): string | null {
  if (err instanceof AppError && err.kind.isOutage) return err.code;
  return backend === 'redis' && err instanceof Error && isLostRedis(err) ? backend : null;
}

/** Each queue and worker reconnects again and again: the log gets one line for each code, until all are connected. */
export function createOutageWarning(log: Logger, backend: 'redis' | 'postgres'): (err: Error) => void {
  const lostAt = new Map<string, number>();
  return (error) => {
    const err = backend === 'postgres' ? toDatabaseError(error) : error;
    const outage = outageOf(err, backend);
    const now = systemClock.now().getTime();
    const isReported = outage !== null && now - (lostAt.get(outage) ?? -Infinity) < outageOverMs;
    if (outage !== null) lostAt.set(outage, now);
    if (!isReported) log.warn({ err, backend }, 'queue connection troubled');
  };
}
