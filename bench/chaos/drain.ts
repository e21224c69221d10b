import { sleep } from '../../src/core/clock.ts';
import { dayMs } from '../../src/core/duration.ts';
import type { Breach } from './evidence.ts';
import { isUnderWay, judgeDrain, type OpenWork } from './judges/judge-drain.ts';
import type { ChaosSite } from './open-site.ts';

async function readOpenWork({ pool }: ChaosSite, since: Date): Promise<OpenWork> {
  const { rows } = await pool.query<OpenWork>(
    `SELECT (SELECT count(*)::int FROM sync.run WHERE ended_at IS NULL) AS "openRuns",
            (SELECT count(*)::int FROM usage.in_flight) AS "openCalls",
            (SELECT status FROM sync.run WHERE ended_at IS NOT NULL AND started_at >= $1
             ORDER BY ended_at DESC, run_id DESC LIMIT 1) AS "lastStatus"`,
    [since],
  );
  return rows[0] ?? { openRuns: 0, openCalls: 0, lastStatus: null };
}

export interface DrainOptions {
  readonly maxMs: number;
  readonly onProgress: (state: { readonly calls: number; readonly day: number }) => void;
}

/**
 * Lets undisturbed processes finish the work without limits, a day later: calls that got lost are given up by then, and
 * targets that were given up for a day are due again. What was answered stays fresh, so nothing that got lost is found
 * again by chance.
 *
 * @returns a breach when it does not come to an end
 */
export async function drain(site: ChaosSite, options: DrainOptions): Promise<Breach[]> {
  const { sandbox, clock, fleet } = site;
  await site.liftLimits();
  await sandbox.command('/faults', { faults: [] });
  const deadline = performance.now() + options.maxMs;
  let work: OpenWork;
  let day = 0;
  do {
    day += 1;
    await clock.moveBy(dayMs);
    const movedAt = new Date(clock.nowMs());
    fleet.start();
    do {
      await sleep(500);
      work = await readOpenWork(site, movedAt);
      options.onProgress({ calls: await sandbox.countArrivals(), day });
    } while (performance.now() < deadline && (isUnderWay(work) || work.lastStatus === null));
    await fleet.stop(isUnderWay(work) ? 'SIGKILL' : 'SIGTERM');
  } while (performance.now() < deadline && work.lastStatus !== 'succeeded');
  return judgeDrain(work, options.maxMs);
}
