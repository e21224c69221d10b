import { parse } from 'lossless-json';

/** JSON as it came from the wire. Numbers that a double would change arrive as strings of their exact digits. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** A number whose decimal text survives the trip through a double, otherwise the text itself. */
function parseNumber(token: string): number | string {
  const value = Number(token);
  return String(value) === token ? value : token;
}

/**
 * Parses JSON without losing a digit: `{"id":9007199254740993}` gives `'9007199254740993'`, `2.50` gives
 * `'2.50'`, `12` gives `12`. Of a key that an object has twice the last value counts, as with `JSON.parse`: an
 * answer is paid for, and refusing it would pay for the same one again.
 *
 * @throws SyntaxError on anything that is not one JSON document, also when it is nested too deep to read
 */
export function parseJson(text: string): JsonValue {
  try {
    return parse(text, null, { parseNumber, onDuplicateKey: ({ newValue }) => newValue }) as JsonValue;
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new SyntaxError('the JSON is nested too deep to read', { cause: error });
  }
}

/** True for a JSON object, not for arrays and null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
