import { isLosslessNumber } from 'lossless-json';
import type { WireShape } from '../../transform/wire/wire-shape.ts';
import { scrubText } from '../../transform/values/scrub-text.ts';
import { personalFields, type Treatment } from './personal-fields.ts';

/** Gives the same value the same pseudonym, which can't be computed without its key. */
export type Pseudonymize = (kind: Exclude<Treatment, 'removed'>, value: string) => string;

export interface Redacted {
  /** Unchanged, but without what is personal or unknown. Numbers keep their exact digits. */
  readonly value: unknown;
  /** How often each field was replaced. */
  readonly replaced: Readonly<Record<string, number>>;
  /** Places that were left out because their content is not known, without indexes: `data[].newField`. */
  readonly leftOut: readonly string[];
}

/** Where the walk is: the nearest key, and the path for the report. */
interface Place {
  readonly key: string;
  readonly path: string;
}

/**
 * Takes everything out of an answer that is not known, field by field, to be fit for a file that others read. An
 * allow-list: what `shape` does not name is left out, and so is what has another form than there; the personal ones
 * of the known fields become pseudonyms.
 */
export function redact(answer: unknown, shape: WireShape, pseudonymize: Pseudonymize): Redacted {
  const redactor = new Redactor(pseudonymize);
  const value = redactor.visit(answer, shape, { key: '', path: '' });
  return {
    value,
    replaced: Object.fromEntries([...redactor.replaced].sort()),
    leftOut: [...redactor.leftOut].sort(),
  };
}

class Redactor {
  readonly replaced = new Map<string, number>();
  readonly leftOut = new Set<string>();
  readonly #pseudonymize: Pseudonymize;

  constructor(pseudonymize: Pseudonymize) {
    this.#pseudonymize = pseudonymize;
  }

  visit(value: unknown, shape: WireShape, place: Place): unknown {
    if (value === null || value === undefined) return null;
    if (typeof shape === 'string') return this.#scalar(value, shape, place);
    if (shape.kind === 'list') {
      if (!Array.isArray(value)) return this.#leaveOut(place);
      const item = { ...place, path: `${place.path}[]` };
      return value.map((entry: unknown) => this.visit(entry, shape.items, item));
    }
    return isPlainObject(value) ? this.#object(value, shape.fields, place) : this.#leaveOut(place);
  }

  #object(
    object: Readonly<Record<string, unknown>>,
    fields: Readonly<Record<string, WireShape>>,
    { path }: Place,
  ): Record<string, unknown> {
    const kept = Object.entries(object).flatMap(([key, value]): [string, unknown][] => {
      const place = { key, path: path === '' ? key : `${path}.${key}` };
      const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (shape !== undefined) return [[key, this.visit(value, shape, place)]];
      this.#leaveOut(place);
      return [];
    });
    return Object.fromEntries(kept);
  }

  #scalar(value: unknown, shape: 'number' | 'text' | 'flag' | 'anything', place: Place): unknown {
    const isScalar = typeof value === 'string' || typeof value === 'boolean' || isLosslessNumber(value);
    if (shape === 'anything' || !isScalar) return this.#leaveOut(place);
    const text = String(value);
    const treatment = Object.hasOwn(personalFields, place.key) ? personalFields[place.key] : undefined;
    if (treatment !== undefined && text !== '') return this.#replace(treatment, text, place);
    return typeof value === 'string' ? scrubText(value) : value;
  }

  #replace(treatment: Treatment, text: string, { key }: Place): string {
    this.replaced.set(key, (this.replaced.get(key) ?? 0) + 1);
    return treatment === 'removed' ? '[removed]' : this.#pseudonymize(treatment, text);
  }

  #leaveOut({ path }: Place): null {
    this.leftOut.add(scrubText(path === '' ? '$' : path));
    return null;
  }
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}
