import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Pool } from 'pg';
import type { Clock } from '../../core/clock.ts';
import { readSql } from '../sql-file.ts';

/** At double, a dead worker is noticed later; at half, a thousand workers would write all the time. */
const beatEveryMs = 5000;

/** Says in `sync.worker` that this process works, at most every five seconds, however often it is called. */
export function createWorkerHeartbeat({ pool, clock }: { pool: Pool; clock: Clock }): () => Promise<void> {
  const workerId = randomUUID();
  let lastMs = Number.NEGATIVE_INFINITY;
  return async () => {
    const nowMs = clock.now().getTime();
    if (Math.abs(nowMs - lastMs) < beatEveryMs) return;
    await pool.query(readSql('beat-worker'), [workerId, hostname()]);
    lastMs = nowMs;
  };
}
