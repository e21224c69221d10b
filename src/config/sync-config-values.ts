import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { dayMs, minuteMs, parseDurationMs } from '../core/duration.ts';

/** A whole number from 1 on. */
export const count = (what: string, max = 1_000_000_000) =>
  z
    .int({ error: `must be ${what}` })
    .min(1, `must be ${what}`)
    .max(max, `must be at most ${String(max)}`);

/** The name of a feed or schedule: short, and safe in a shell, a file name and a job id. */
export const name = (what: string) =>
  z
    .string({ error: `must be the name of a ${what}` })
    .regex(
      /^[a-z0-9][a-z0-9_-]{0,39}$/,
      'must be 1 to 40 of a-z, 0-9, - and _, beginning with a letter or digit',
    );

const categoryIdError = "must be a category id in digits ('0' is the whole tree)";
/** Quoted or not: ids are digits that YAML may read as a number. */
export const categoryId = z
  .union([z.string().regex(/^(0|[1-9]\d{0,17})$/, categoryIdError), z.int().min(0, categoryIdError)], {
    error: categoryIdError,
  })
  .transform(String);

const offerIdError = 'must be an offer id in digits';
export const offerId = z
  .union([z.string().regex(/^[1-9]\d{0,17}$/, offerIdError), z.int().positive(offerIdError)], {
    error: offerIdError,
  })
  .transform(String);

const dayError = 'must be a day like 2026-11-11, in quotes';
/** A day of the calendar, as it is in Shanghai. */
export const day = z.iso.date({ error: dayError });

/** Without control characters, and without halves of characters, which no database takes. */
const isPlain = (text: string): boolean => !/[\p{Cc}\p{Cs}]/u.test(text);

/** A search keyword in one Unicode form, without outer spaces. */
export const keyword = z
  .string({ error: 'must be text; put quotes around a keyword of digits' })
  .transform((text) => text.normalize('NFC').trim())
  .refine((text) => text !== '' && text.length <= 100, 'must have 1 to 100 characters')
  .refine(isPlain, 'must have no control characters and no halves of characters');

/** 1688's `sellerOpenId`: opaque, and part of no url or query of ours. */
export const sellerId = z
  .string({ error: "must be a seller's sellerOpenId, in quotes" })
  .trim()
  .regex(
    /^[^\s\p{Cc}\p{Cs}]{1,128}$/u,
    "must be a seller's sellerOpenId: 1 to 128 characters without spaces",
  );

function isAlicdnUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return /^https?:$/.test(protocol) && /(^|\.)alicdn\.com$/.test(hostname);
}

/** True for a picture that 1688 fetches itself, false for a file that is uploaded. */
const isUrlLike = (text: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(text);

/** From the project folder, or absolute. */
export const filePath = z
  .string({ error: 'must be the path of a file' })
  .trim()
  .refine((text) => text !== '' && text.length <= 500, 'must have 1 to 500 characters')
  .refine(isPlain, 'must have no control characters and no halves of characters');

/** A picture to search by: a url that 1688 can read itself, or a file's path from the project folder. */
export const image = z
  .string({ error: 'must be the path of a picture, or its url at alicdn.com' })
  .trim()
  .refine((text) => text !== '' && text.length <= 500, 'must have 1 to 500 characters')
  .refine(isPlain, 'must have no control characters and no halves of characters')
  .refine(
    (text) => !isUrlLike(text) || isAlicdnUrl(text),
    '1688 searches by urls of alicdn.com only: save the picture as a file and name that',
  );

const priceError = 'must be an amount in yuan with at most 4 decimals, like 12.50';
/** An amount in yuan as decimal text, whether the file quotes it or not. */
export const price = z
  .union([z.string(), z.number()], { error: priceError })
  .transform(String)
  .refine((text) => /^\d{1,10}(\.\d{1,4})?$/.test(text), priceError);

/** `30m`, `20h` or `7d` within bounds, in milliseconds. */
function durationBetween(minMs: number, maxDurationMs: number, error: string) {
  return z.string({ error }).transform((text, ctx) => {
    const ms = parseDurationMs(text);
    if (ms !== null && ms >= minMs && ms <= maxDurationMs) return ms;
    ctx.addIssue(error);
    return z.NEVER;
  });
}

/** How old an answer may become, in milliseconds. */
export const duration = durationBetween(
  60_000,
  366 * dayMs,
  'must be a duration from 1m to 366d, like 30m, 20h or 7d',
);

/**
 * The age that no detail of a feed is to pass, in milliseconds. At half of the least, a run that waits a quarter of an hour for
 * its next try would break it.
 */
export const promisedAge = durationBetween(
  30 * minuteMs,
  366 * dayMs,
  'must be a duration from 30m to 366d, like 6h: less than 30m cannot be held from run to run',
);

/** How long old rows are kept, in milliseconds. Rows are dropped by month, so less than a month has no effect. */
export const keepAge = durationBetween(
  31 * dayMs,
  3_660 * dayMs,
  'must be a duration from 31d to 3660d, like 90d',
);

/** What the fields of a cron expression count, and after how many they begin anew. */
const cronUnits = [
  ['minutes', 60],
  ['hours', 24],
  ['days', 31],
  ['months', 12],
  ['weekdays', 7],
] as const;

/** A step that reaches over the end of its field: it would name the first of them alone. */
function stepProblem(fields: readonly string[]): string | null {
  for (const [index, [unit, most]] of cronUnits.entries()) {
    const steps = [...(fields[index] ?? '').matchAll(/\/(\d+)/g)].map(([, step]) => Number(step));
    const tooLong = steps.find((step) => step > most);
    if (tooLong !== undefined)
      return `must not step by ${String(tooLong)} ${unit}: they begin anew after ${String(most)}`;
  }
  return null;
}

/** Why `text` is not a five-field cron expression; null when it is one. */
function cronProblem(text: string): string | null {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) {
    return `must have 5 fields (minute, hour, day, month, weekday), not ${String(fields.length)}`;
  }
  // cron-parser reads H as "a random value of your choice": two hosts would disagree about the slot.
  if (fields.some((field) => /(^|,)H/i.test(field))) return 'must not use H';
  const problem = stepProblem(fields);
  if (problem !== null) return problem;
  try {
    const times = CronExpressionParser.parse(text, { currentDate: new Date(0), tz: 'UTC' });
    // A single impossible day is refused by the parser; several are found when the next time is computed.
    return times.hasNext() ? null : 'names days that never come';
  } catch (error) {
    return `is no cron expression: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}

/** A cron expression of exactly five fields. */
export const cron = z
  .string({ error: "must be a cron expression, like '30 2 * * *'" })
  .superRefine((text, ctx) => {
    const problem = cronProblem(text);
    if (problem !== null) ctx.addIssue(problem);
  });

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** An IANA time zone that this Node knows. */
export const timezone = z
  .string({ error: 'must be a time zone' })
  .refine(isTimeZone, 'must be a time zone by its IANA name, like Asia/Shanghai');
