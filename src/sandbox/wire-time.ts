import { hourMs } from '../core/duration.ts';

/** 1688 writes times of +08:00 without a zone; China has had no daylight saving time since 1991. */
const shanghaiOffsetMs = 8 * hourMs;

function shanghaiIso(at: number): string {
  return new Date(at + shanghaiOffsetMs).toISOString();
}

/** `2024-04-20 08:00:00`: local time of Shanghai, no zone. */
export function toNaiveTime(at: number): string {
  return shanghaiIso(at).slice(0, 19).replace('T', ' ');
}

/** `2022-03-21`: the short form some dates have. */
export function toNaiveDate(at: number): string {
  return shanghaiIso(at).slice(0, 10);
}

/** `20261010164552223+0800`: the form of `yyyyMMddHHmmssSSSZ`. */
export function toCompactTime(at: number): string {
  return `${shanghaiIso(at).replaceAll(/\D/g, '').slice(0, 17)}+0800`;
}
