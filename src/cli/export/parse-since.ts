import { InvalidArgumentError } from 'commander';
import { dayMs, parseDurationMs } from '../../core/duration.ts';
import type { Since } from '../../maintenance/export/find-relation.ts';
import { startOfShanghaiDay } from '../../core/shanghai-time.ts';

const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/** `2026-11-25T09:30:00Z`, or with an offset; null when it is none, or has no zone. */
function parseInstant(text: string): Date | null {
  if (!instant.test(text)) return null;
  const at = new Date(text.replace(' ', 'T'));
  return Number.isNaN(at.getTime()) || startOfShanghaiDay(text.slice(0, 10)) === null ? null : at;
}

/**
 * The value of `--since`: an instant with its zone, a day (from its first moment in Asia/Shanghai), or how long ago.
 *
 * @throws InvalidArgumentError
 */
export function parseSince(text: string): Since {
  const agoMs = parseDurationMs(text);
  // Before 4713 BC, Postgres has no time.
  if (agoMs !== null && agoMs <= 100_000 * dayMs) return { agoMs };
  const at = startOfShanghaiDay(text) ?? parseInstant(text);
  if (at !== null) return { at };
  throw new InvalidArgumentError(
    'Give an instant with its zone (2026-11-25T09:30:00Z), a day of Asia/Shanghai (2026-11-25) or a duration (7d, at most 100000d).',
  );
}
