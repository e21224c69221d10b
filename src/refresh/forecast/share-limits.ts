import type { ApiOperation } from '../../model/known-apis.ts';
import type { CallLimit } from './knowledge.ts';

export type CallsByApi = ReadonlyMap<ApiOperation, number>;

/**
 * What each API gets of what it wants when no limit may be exceeded: of a limit that is short, all that share it get
 * the same part. Never more than is wanted, and by more of a limit never less.
 */
export function shareLimits(
  wanted: CallsByApi,
  limits: readonly CallLimit[],
  roomOf: (limit: CallLimit) => number,
): CallsByApi {
  const parts = limits.map((limit) => {
    const together = limit.operations.reduce((sum, operation) => sum + (wanted.get(operation) ?? 0), 0);
    return { limit, part: together > 0 ? Math.min(1, Math.max(0, roomOf(limit)) / together) : 1 };
  });
  return new Map(
    [...wanted].map(([operation, calls]) => {
      const met = parts.filter(({ limit }) => limit.operations.includes(operation));
      return [operation, calls * Math.min(1, ...met.map(({ part }) => part))];
    }),
  );
}
