import { InvalidArgumentError } from 'commander';
import { dayMs, parseDurationMs } from '../../core/duration.ts';
import type { Since } from '../../maintenance/export/find-relation.ts';
import { findTime } from '../parse-time.ts';

/**
 * The value of `--since`: an instant with its zone, a day (from its first moment in Asia/Shanghai), or how long ago.
 *
 * @throws InvalidArgumentError
 */
export function parseSince(text: string): Since {
  const agoMs = parseDurationMs(text);
  // Before 4713 BC, Postgres has no time.
  if (agoMs !== null && agoMs <= 100_000 * dayMs) return { agoMs };
  const at = findTime(text);
  if (at !== null) return { at };
  throw new InvalidArgumentError(
    'Give an instant with its zone (2026-11-25T09:30:00Z), a day of Asia/Shanghai (2026-11-25) or a duration (7d, at most 100000d).',
  );
}
