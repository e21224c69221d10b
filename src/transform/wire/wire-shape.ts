/**
 * What is known of a place in an answer: `number` also covers numbers written as text, `flag` also `'true'` and `'false'`; null
 * is allowed everywhere. `anything` is a place whose content is not checked.
 */
export type WireShape = 'number' | 'text' | 'flag' | 'anything' | WireObject | WireList;

export interface WireObject {
  readonly kind: 'object';
  /** Every key that is known, in 1688's own spelling. */
  readonly fields: Readonly<Record<string, WireShape>>;
  /** Keys that every answer has, with a value. */
  readonly required: readonly string[];
  /** Keys that every answer has, with a value or null. */
  readonly nullable: readonly string[];
}

interface WireList {
  readonly kind: 'list';
  readonly items: WireShape;
}

/** An object whose `required` fields always have a value, `nullable` ones may be null, and `optional` ones absent too. */
export function wireObject(
  required: Readonly<Record<string, WireShape>>,
  optional: Readonly<Record<string, WireShape>> = {},
  nullable: Readonly<Record<string, WireShape>> = {},
): WireObject {
  return {
    kind: 'object',
    fields: { ...required, ...nullable, ...optional },
    required: Object.keys(required),
    nullable: Object.keys(nullable),
  };
}

/** A list of elements of one shape. */
export function wireList(items: WireShape): WireList {
  return { kind: 'list', items };
}
