import type { RetentionAges, SyncConfig } from '../model/sync-config.ts';

/** How long rows are kept: as configured, but no answer for less than it may be used in place of a call. */
export function retentionAges({
  retention,
  freshness,
}: Pick<SyncConfig, 'retention' | 'freshness'>): RetentionAges {
  const { categoryMs, searchMs, detailMs } = freshness;
  return { ...retention, rawMs: Math.max(retention.rawMs, categoryMs, searchMs, detailMs) };
}
