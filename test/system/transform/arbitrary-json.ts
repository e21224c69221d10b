import fc from 'fast-check';
import type { JsonValue } from '../../../src/core/json.ts';

const strangeKeys = ['__proto__', 'constructor', 'toString', 'length', '', 'a\u0000b', '\ud800', 'newField'];

const strangeText = fc.constantFrom(
  '',
  ' ',
  '\u0000',
  'x\u0000y',
  '\ud83d',
  '\udc00后',
  '9'.repeat(400),
  '-1',
  '1e3',
  '0',
  '1',
  '1.5',
  '21.10',
  '52.48%',
  '999%',
  'true',
  'published',
  '2024-02-30',
  '2024-04-20 08:00:00',
  '20181213201638000+0800',
  '9223372036854775808',
  '9223372036854775807',
  'javascript:alert(1)',
  'img/ibank/1.jpg',
  '//cbu01.alicdn.com/1.jpg',
  'https://cbu01.alicdn.com/a\u0000\ud800b.jpg',
  '__proto__',
  '长'.repeat(5000),
);

const strangeNumber = fc.constantFrom(
  0,
  -0,
  1,
  2,
  3,
  -1,
  0.5,
  1e-7,
  1e21,
  1e308,
  -1e308,
  2 ** 53,
  2 ** 31,
  2 ** 31 - 1,
  5e-324,
);

const leaf: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  strangeNumber,
  strangeText,
  fc.integer(),
  fc.double(),
  fc.string({ unit: 'binary' }),
);

const ownField = { enumerable: true, configurable: true, writable: true };

/** An object with own keys only, `__proto__` among them, as a JSON parser makes it. */
function toObject(entries: readonly (readonly [string, JsonValue])[]): JsonValue {
  const object = {};
  for (const [key, value] of entries) {
    Reflect.defineProperty(object, key, { ...ownField, value });
  }
  return object;
}

/** Any JSON whose keys are often the given ones, so that it gets past the first observation. */
export function jsonWithKeys(keys: readonly string[]): fc.Arbitrary<JsonValue> {
  const key = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...keys) },
    { weight: 1, arbitrary: fc.constantFrom(...strangeKeys) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
  );
  return fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 6, depthSize: 'large' },
      leaf,
      fc.array(tie('value'), { maxLength: 5 }),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 12 }).map(toObject),
    ),
  })).value;
}

type Change = (value: JsonValue) => JsonValue | undefined;

/** What can go wrong with one value; undefined removes it. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constant<Change>(() => undefined),
  leaf.map(
    (value): Change =>
      () =>
        value,
  ),
  fc.constant<Change>((value) => [value]),
  fc.constant<Change>((value) => [value, value, value]),
  fc.constantFrom(...strangeKeys).map(
    (key): Change =>
      (value) =>
        toObject([[key, value]]),
  ),
  fc.constant<Change>((value) => (typeof value === 'string' ? Number(value) : JSON.stringify(value))),
);

interface Place {
  readonly container: object;
  readonly key: string;
}

function listPlaces(root: JsonValue): Place[] {
  if (typeof root !== 'object' || root === null) return [];
  return Object.entries(root as Record<string, JsonValue>).flatMap(([key, value]) => [
    { container: root, key },
    ...listPlaces(value),
  ]);
}

function applyChange(root: JsonValue, where: number, apply: Change): void {
  const places = listPlaces(root);
  const place = places[where % Math.max(1, places.length)];
  if (!place) return;
  const { container, key } = place;
  const value = apply((Reflect.get(container, key) as JsonValue | undefined) ?? null);
  if (value !== undefined) Reflect.defineProperty(container, key, { ...ownField, value });
  else if (Array.isArray(container)) container.splice(Number(key), 1);
  else Reflect.deleteProperty(container, key);
}

/** Copies of a real answer with one to six things wrong somewhere. */
export function mutationsOf(payload: JsonValue): fc.Arbitrary<JsonValue> {
  const changes = fc.array(fc.tuple(fc.nat(100_000), change), { minLength: 1, maxLength: 6 });
  return changes.map((list) => {
    const copy = structuredClone(payload);
    for (const [where, apply] of list) applyChange(copy, where, apply);
    return copy;
  });
}
