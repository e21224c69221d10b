import { InvalidArgumentError } from 'commander';
import { startOfShanghaiDay } from '../core/shanghai-time.ts';

const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The instant that a flag names: `2026-11-25T09:30:00Z`, `2026-11-25 17:30+08:00`, or a day, from its first moment in
 * Asia/Shanghai: `2026-11-25`. Null when it is neither, such as a time without its zone.
 */
export function findTime(value: string): Date | null {
  const text = value.trim();
  const day = startOfShanghaiDay(text);
  if (day !== null || !instant.test(text)) return day;
  const at = new Date(text.replace(' ', 'T'));
  // The 30th of February is none.
  return Number.isNaN(at.getTime()) || startOfShanghaiDay(text.slice(0, 10)) === null ? null : at;
}

/** An instant, or the first moment of a day in Asia/Shanghai. @throws InvalidArgumentError */
export function parseTime(text: string): Date {
  const at = findTime(text);
  if (at !== null) return at;
  throw new InvalidArgumentError(
    'Give an instant with its zone (2026-11-25T09:30:00Z) or a day of Asia/Shanghai (2026-11-25).',
  );
}
