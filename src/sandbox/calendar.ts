/** Every zone's offset is a multiple of a quarter of an hour, so a day can only begin at one. */
const quarterMs = 900_000;

/** Gives the calendar day (`2026-10-10`) of an instant in an IANA time zone. */
export function createCalendar(timeZone: string): (at: number) => string {
  // The Swedish way of writing a date happens to be ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  let lastQuarter = Number.NaN;
  let lastDay = '';
  return (at) => {
    const quarter = Math.floor(at / quarterMs);
    if (quarter !== lastQuarter) {
      lastQuarter = quarter;
      lastDay = format.format(at);
    }
    return lastDay;
  };
}
