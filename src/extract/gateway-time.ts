const form = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})?([+-]\d\d)(\d\d)$/;

/**
 * Reads 1688's compact time, with or without milliseconds: `20261010164552223+0800`, `20121222222222+0800` (1688 docs,
 * system.currentTime and getToken). Null when the text is no such time, or no time of the calendar.
 */
export function parseGatewayTime(text: string): Date | null {
  const match = form.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, ms = '000', zoneHour, zoneMinute] = match;
  const local = `${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}`;
  const asUtc = new Date(`${local}Z`);
  // The engine turns the 30th of February into the 2nd of March: a day is real only if it comes back unchanged.
  if (Number.isNaN(asUtc.getTime()) || asUtc.toISOString() !== `${local}Z`) return null;
  const time = new Date(`${local}${zoneHour}:${zoneMinute}`);
  return Number.isNaN(time.getTime()) ? null : time;
}
