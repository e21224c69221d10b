import { systemClock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';

/** An outage is over when no connection failed for so long; they are tried again every 20 s at least. */
const outageOverMs = 30_000;

/** ioredis gives no code to the error of a command that waited for a connection. */
function isLostConnection(err: Error): boolean {
  const code = 'code' in err && typeof err.code === 'string' ? err.code : '';
  return /^E[A-Z_]{3,}$/.test(code) || err.message.startsWith('Reached the max retries per request limit');
}

/** Each queue and worker tries to connect again and again: one line tells of it, until all of them are through. */
export function createOutageWarning(log: Logger, backend: 'redis' | 'postgres'): (err: Error) => void {
  let lostAt = -Infinity;
  return (err) => {
    const isLost = isLostConnection(err);
    const now = systemClock.now().getTime();
    const isReported = isLost && now - lostAt < outageOverMs;
    if (isLost) lostAt = now;
    if (!isReported) log.warn({ err, backend }, 'queue connection troubled');
  };
}
