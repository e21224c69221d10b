import { isJsonObject, type JsonValue } from '../../core/json.ts';
import type { Drift } from '../../model/records.ts';
import { keyText, sampleOf } from '../reading/sample-of.ts';
import { isPersonalName } from '../values/scrub-text.ts';
import type { WireObject, WireShape } from './wire-shape.ts';

/**
 * Highest number of drifts kept of one answer. Fewer could hide a second change of the API behind a first one; many more would
 * let an answer with ids for keys fill the table by itself.
 */
const maxDrifts = 50;

/**
 * Compares an answer with what is known of its API. Paths have no indexes (`data[].newField`; `$` is the payload itself), so
 * fifty rows with the same new field are one drift, with the sample of the first row. Only known places are entered, so the depth
 * of the answer doesn't matter.
 */
export function findDrifts(payload: JsonValue, shape: WireShape): readonly Drift[] {
  const found = new Map<string, Drift>();
  visit(payload, shape, '', (path, kind, value) => {
    const key = `${kind} ${path}`;
    if (found.size < maxDrifts && !found.has(key)) {
      // No call needs to know who or where somebody is: of such a field, only its existence is stored.
      const sample = isPersonalName(path) ? null : sampleOf(value);
      found.set(key, { path: path === '' ? '$' : path, kind, sample });
    }
  });
  return [...found.values()];
}

type Note = (path: string, kind: Drift['kind'], value: JsonValue | undefined) => void;

function visit(value: JsonValue, shape: WireShape, path: string, note: Note): void {
  if (value === null || shape === 'anything') return;
  if (typeof shape === 'string') {
    if (!isScalarOf(shape, value)) note(path, 'retyped', value);
  } else if (shape.kind === 'list') {
    if (!Array.isArray(value)) note(path, 'retyped', value);
    else for (const item of value as readonly JsonValue[]) visit(item, shape.items, `${path}[]`, note);
  } else if (isJsonObject(value)) {
    visitObject(value, shape, path === '' ? '' : `${path}.`, note);
  } else {
    note(path, 'retyped', value);
  }
}

function visitObject(
  object: Readonly<Record<string, JsonValue>>,
  shape: WireObject,
  prefix: string,
  note: Note,
): void {
  for (const key of Object.keys(object)) {
    const known = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    const value = object[key] ?? null;
    if (known === undefined) note(prefix + keyText(key), 'unknown', value);
    else visit(value, known, prefix + key, note);
  }
  for (const key of shape.required) {
    const isMissing = !Object.hasOwn(object, key) || object[key] === null;
    if (isMissing) note(prefix + key, 'missing', undefined);
  }
  for (const key of shape.nullable) if (!Object.hasOwn(object, key)) note(prefix + key, 'missing', undefined);
}

function isScalarOf(shape: 'number' | 'text' | 'flag', value: JsonValue): boolean {
  switch (shape) {
    case 'number':
      // Numbers that a double would change arrive as text; empty text stands for none.
      return typeof value === 'number' || (typeof value === 'string' && /^(-?\d[\d.eE+-]*)?$/.test(value));
    case 'text':
      return typeof value === 'string';
    case 'flag':
      return typeof value === 'boolean' || value === 'true' || value === 'false';
  }
}
