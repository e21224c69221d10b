import { parse as parseLossless } from 'lossless-json';

/** JSON as it came from the wire. Numbers that a double would change arrive as strings of their exact digits. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A number that a double holds exactly as it is written, zeros at its end aside; otherwise the text itself. */
function parseNumber(token: string): number | string {
  const value = Number(token);
  const plain = /^-?\d+\.\d+$/.test(token) ? token.replace(/\.?0+$/, '') : token;
  return String(value) === plain ? value : token;
}

/**
 * Numbers that a double may change: of 16 characters or more, with an exponent, below 10^-6, negative zeros. Text inside a
 * string may be taken for one: that only costs time.
 */
const longNumber = /(?:^|[:,[])\s*(?=-0|-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE]|0\.000000))(-?\d[\d.eE+-]*)/g;

function hasUnsafeNumber(text: string): boolean {
  return [...text.matchAll(longNumber)].some(([, token = '']) => typeof parseNumber(token) === 'string');
}

/** As `parseJson`, digit by digit: what it does with every text that may have an unsafe number. */
export function parseEachDigit(text: string): unknown {
  return parseLossless(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/**
 * Parses JSON without losing a digit: `{"id":9007199254740993}` gives `'9007199254740993'`, `12` gives `12`, `2.50`
 * gives `2.5`. Of a key that an object has twice the last value counts, as with `JSON.parse`: an answer is paid for, and
 * refusing it would pay for the same one again.
 *
 * @throws SyntaxError on anything that is not one JSON document
 */
export function parseJson(text: string): JsonValue {
  // Several times as fast, and enough for nearly every answer (`npm run bench:normalize`).
  if (!hasUnsafeNumber(text)) return JSON.parse(text) as JsonValue;
  try {
    return parseEachDigit(text) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new SyntaxError('the JSON is nested too deep to read', { cause: error });
  }
}

/** True for a JSON object, not for arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
