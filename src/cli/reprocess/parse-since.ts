import { InvalidArgumentError } from 'commander';

/**
 * Reads a day or a time of ISO 8601 as an instant: `2026-11-01` (from its beginning), `2026-11-01T08:00:00Z`,
 * `2026-11-01T08:00+08:00`. Without a zone it is UTC, as everything that catalog-sync prints.
 */
export function parseSince(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?)?$/.exec(
    text.trim(),
  );
  if (match) {
    const [, day = '', time = '00:00', zone = 'Z'] = match;
    const at = new Date(`${day}T${time}${zone}`);
    // The 30th of February is none.
    if (!Number.isNaN(at.getTime()) && new Date(`${day}T00:00Z`).toISOString().startsWith(day))
      return at.toISOString();
  }
  throw new InvalidArgumentError('Give a day or a time, like 2026-11-01 or 2026-11-01T08:00+08:00.');
}
