import type { ApiOperation } from '../../model/known-apis.ts';
import type { CallLimit } from './knowledge.ts';

export type CallsByApi = ReadonlyMap<ApiOperation, number>;

/**
 * The calls that each API gets within the limits: if a limit is short, all APIs that share it get the same share of what they want. Never
 * more than it wants; a higher limit never gives less.
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
