/** What a gateway answered, as far as a contract looks at it. */
export interface Answer {
  readonly status: number;
  /** Parsed; undefined when the body was no JSON. */
  readonly body: unknown;
}

/** One thing that an answer must have: a place in it, and what may be there. */
export interface Field {
  /** `#status`, `` for the body itself, or keys and lists: `result.result.data[].offerId`. */
  readonly path: string;
  readonly checks: 'type' | 'value';
  readonly allowed: readonly string[];
}

export type FieldType = 'text' | 'number' | 'flag' | 'null' | 'object' | 'list' | 'absent' | 'not JSON';

/** A place that must hold one of these types. */
export function hasType(path: string, ...allowed: FieldType[]): Field {
  return { path, checks: 'type', allowed };
}

/** A place that must hold one of these values. */
export function hasValue(path: string, ...allowed: string[]): Field {
  return { path, checks: 'value', allowed };
}

/** Everything that is found at a path; a list is entered at `[]`. */
function valuesAt(body: unknown, path: string): unknown[] {
  return path
    .split(/\.|(?=\[\])/)
    .filter((step) => step !== '')
    .reduce<unknown[]>((values, step) => values.flatMap((value) => enter(value, step)), [body]);
}

function enter(value: unknown, step: string): unknown[] {
  if (step === '[]') return Array.isArray(value) ? (value as unknown[]) : [undefined];
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [undefined];
  return [(value as Readonly<Record<string, unknown>>)[step]];
}

function typeOf(value: unknown): FieldType {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'flag';
    default:
      return 'object';
  }
}

/** A code of the gateway, as far as it can be nothing else: no id, token or text of a person has this form. */
function codeOf(value: unknown): string {
  const isCode =
    typeof value === 'string' && /^(gw\.[A-Z][A-Za-z]{1,40}|[A-Z]?\d{1,4}(_\d{1,4})?)$/.test(value);
  return isCode ? value : `${typeOf(value)}, but no code of the gateway`;
}

/** The different things found at a field's place, sorted: `['number', 'text']`. Never the values of rows. */
export function describeField({ status, body }: Answer, { path, checks }: Field): string[] {
  if (path === '#status') return [String(status)];
  if (body === undefined) return ['not JSON'];
  const found = valuesAt(body, path).map((value) => (checks === 'type' ? typeOf(value) : codeOf(value)));
  return [...new Set(found)].sort();
}

/** How many values are at a field's place: of a list, one for each row. */
export function countAt({ body }: Answer, { path }: Field): number {
  return path === '#status' ? 1 : valuesAt(body, path).filter((value) => value !== undefined).length;
}
