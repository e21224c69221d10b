import { isJsonObject, type JsonValue } from '../../core/json.ts';

/** A value that holds no others. */
export type Plain = string | number | boolean | null;

/** What becomes of the value at a key, or of each element of the list there; `nth` counts them all. */
export type FieldRule = (key: string, value: Plain, nth: number) => Plain;

/** The same JSON with every plain value below an object key passed through `rule`. */
export function mapFields(root: JsonValue, rule: FieldRule): JsonValue {
  let nth = 0;
  const walk = (key: string, value: JsonValue): JsonValue => {
    if (value === null || typeof value !== 'object') return rule(key, value, nth++);
    if (!isJsonObject(value)) return value.map((item) => walk(key, item));
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, walk(name, item)]));
  };
  return walk('', root);
}
