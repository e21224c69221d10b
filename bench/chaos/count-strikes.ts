import type { Incident } from './evidence.ts';
import type { DisturbanceKind } from './plan-disturbances.ts';

/** How often each of the kinds struck, in their order. */
export function countStrikes(
  kinds: readonly DisturbanceKind[],
  incidents: readonly Incident[],
): ReadonlyMap<DisturbanceKind, number> {
  return new Map(kinds.map((kind) => [kind, incidents.filter((incident) => incident.kind === kind).length]));
}
