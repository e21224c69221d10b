import { dayMs } from '../core/duration.ts';
import type { RetentionAges, SyncConfig } from '../model/sync-config.ts';

/** The planner and `analytics.change_calibration` read the last 90 days; those of Shanghai begin before ours. */
const minObservationStatsMs = 91 * dayMs;

/** How long rows are kept: as configured, but nothing for less than it is used. */
export function retentionAges({
  retention,
  freshness,
}: Pick<SyncConfig, 'retention' | 'freshness'>): RetentionAges {
  const { categoryMs, searchMs, detailMs } = freshness;
  return {
    ...retention,
    // An answer may be used in place of a call.
    rawMs: Math.max(retention.rawMs, categoryMs, searchMs, detailMs),
    observationStatsMs: Math.max(retention.observationStatsMs, minObservationStatsMs),
  };
}
