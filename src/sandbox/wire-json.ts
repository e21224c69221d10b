/** Anything an answer is made of; `bigint` is written as a bare number. */
export type WireValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | undefined
  | readonly WireValue[]
  | { readonly [key: string]: WireValue };

/**
 * JSON text in which a `bigint` is a bare number of all its digits, as Java writes its longs. Keys whose value
 * is `undefined` are left out.
 */
export function toWireJson(value: WireValue): string {
  // U+0001 occurs in no text of this world, so a marked string can't be mistaken for one.
  const text = JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'bigint' ? `\u0001${item}` : item,
  );
  return text.replaceAll(/"\\u0001(\d+)"/g, '$1');
}
