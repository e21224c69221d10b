import { minuteMs } from '../../core/duration.ts';
import type { JsonValue } from '../../core/json.ts';
import { numberText } from './number-text.ts';

/** Naive times are Asia/Shanghai, which has kept +08:00 without summer time since 1991. */
const shanghaiOffsetMinutes = 8 * 60;

const naive = /^(\d{4})-(\d{2})-(\d{2})(?: (\d{2}):(\d{2}):(\d{2}))?$/;
const zoned = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{3})?([+-])(\d{2})(\d{2})$/;
const epochMs = /^\d{12,13}$/;

/** Outside these years a date is a typing error or a placeholder (`9999-12-31`), not a time of the platform. */
const firstYear = 1970;
const lastYear = 2199;

/**
 * An instant as ISO 8601 in UTC with milliseconds, from every form that 1688 writes:
 *
 * - `'2024-04-20 08:00:00'` and `'2022-03-21'` (naive: Asia/Shanghai) give `2024-04-20T00:00:00.000Z` and
 *   `2022-03-20T16:00:00.000Z`
 * - `'20181213201638000+0800'`, and without milliseconds `'20121222222222+0800'`
 * - milliseconds since 1970, as a number or text of 12 or 13 digits: `'1564984329147'`
 *
 * Null for anything else, days that no calendar has (`'2023-02-29'`) among them.
 */
export function parseDate(value: JsonValue): string | null {
  const text = numberText(value);
  if (text === null) return null;
  if (epochMs.test(text)) return isoText(Number(text));
  const withZone = zoned.exec(text);
  if (withZone) return fromZoned(withZone);
  const local = naive.exec(text);
  return local ? fromLocal(local.slice(1, 7), 0, shanghaiOffsetMinutes) : null;
}

function fromZoned(match: RegExpExecArray): string | null {
  const [millis = '0', sign, hours, minutes] = match.slice(7);
  const offset = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || offset > 14 * 60) return null;
  return fromLocal(match.slice(1, 7), Number(millis), sign === '-' ? -offset : offset);
}

/** `fields`: year, month, day, hour, minute, second; a time of day that is absent is midnight. */
function fromLocal(
  fields: readonly (string | undefined)[],
  millis: number,
  offsetMinutes: number,
): string | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map((field) =>
    Number(field ?? 0),
  );
  const localMs = Date.UTC(year, month - 1, day, hour, minute, second, millis);
  const local = new Date(localMs);
  // Date.UTC rolls 30 February into March, 24:00 into the next day and year 75 into 1975: none of them was real.
  const isReal =
    local.getUTCFullYear() === year &&
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    local.getUTCHours() === hour &&
    local.getUTCMinutes() === minute &&
    local.getUTCSeconds() === second;
  return isReal ? isoText(localMs - offsetMinutes * minuteMs) : null;
}

function isoText(ms: number): string | null {
  const instant = new Date(ms);
  const year = instant.getUTCFullYear();
  return year >= firstYear && year <= lastYear ? instant.toISOString() : null;
}
