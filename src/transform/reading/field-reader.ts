import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts';
import { parseCount, parseQuantity, parseSmallCount } from '../values/parse-count.ts';
import { parseDate } from '../values/parse-date.ts';
import { parseFlag } from '../values/parse-flag.ts';
import { isZero, parseId } from '../values/parse-id.ts';
import { parseMeasure } from '../values/parse-measure.ts';
import { parseMediaUrl } from '../values/parse-media-url.ts';
import { parseMoney } from '../values/parse-money.ts';
import { parseScore } from '../values/parse-score.ts';
import { parseShare } from '../values/parse-share.ts';
import { isLonger, parseText } from '../values/parse-text.ts';
import type { Findings, RejectReason } from './findings.ts';

/** Real lists have some hundreds of elements. A list that fills an answer would take minutes, and make a million rows. */
const maxItems = 5000;

/** An element of a list in an answer, whatever it is. */
export class ListItem {
  readonly value: JsonValue;
  /** From 0, counted in the answer. */
  readonly index: number;
  readonly #listPath: string;
  readonly #findings: Findings;

  constructor(value: JsonValue, index: number, listPath: string, findings: Findings) {
    this.value = value;
    this.index = index;
    this.#listPath = listPath;
    this.#findings = findings;
  }

  /** A reader over the element; null, with a reject, when it is no object. */
  asRow(): FieldReader | null {
    if (isJsonObject(this.value)) return new FieldReader(this.value, this.#path, this.#findings);
    this.reject('not_an_object');
    return null;
  }

  /** The text of the element; null, with a reject, when it is no text. Of a text that is too long, the beginning, with a reject. */
  asText(maxLength: number): string | null {
    const text = parseText(this.value, maxLength);
    if (text === null) this.reject('not_text');
    if (isLonger(this.value, maxLength)) this.reject('cut');
    return text;
  }

  reject(reason: RejectReason): void {
    this.#findings.reject(this.#path, reason, this.value);
  }

  get #path(): string {
    return `${this.#listPath}[${this.index}]`;
  }
}

/**
 * Reads the fields of one object of an answer. Each method returns the value in its one normal form; null when the answer has
 * none (no key, null, blank text), and null with a reject when the value can't be read.
 */
export class FieldReader {
  readonly #path: string;
  readonly #findings: Findings;
  readonly #object: JsonObject;
  /** False: the reader stands for something in the answer that is no object. */
  readonly isReadable: boolean;

  /** `path` is `''` for the payload itself. */
  constructor(object: JsonObject, path: string, findings: Findings, isReadable = true) {
    this.isReadable = isReadable;
    this.#object = object;
    this.#path = path;
    this.#findings = findings;
  }

  /** Where the answer has `key`, as `Reject.path`. */
  pathOf(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  /** What the answer has under `key`, whatever it is. */
  raw(key: string): JsonValue | undefined {
    return this.#object[key];
  }

  /** Whether the answer says anything under `key`. */
  has(key: string): boolean {
    return !isAbsent(this.raw(key));
  }

  reject(key: string, reason: RejectReason): void {
    this.#findings.reject(this.pathOf(key), reason, this.raw(key));
  }

  /** A text; of a text that is too long, the beginning, with a reject. */
  text(key: string, maxLength = 500): string | null {
    const text = this.#read(key, (value) => parseText(value, maxLength), 'not_text');
    if (isLonger(this.raw(key), maxLength)) this.reject(key, 'cut');
    return text;
  }

  /** The texts of a list; null when the answer has no such list. */
  texts(key: string, maxLength = 500): readonly string[] | null {
    if (!this.has(key)) return null;
    const items = this.list(key)?.map((item) => item.asText(maxLength));
    return items?.filter((text) => text !== null) ?? null;
  }

  /** An id; 0 means that there is none. */
  id(key: string): string | null {
    return isZero(this.raw(key) ?? null) ? null : this.#read(key, parseId, 'not_an_id');
  }

  /** An id without which the object is of no use: its absence is a reject too. */
  requiredId(key: string): string | null {
    return this.#required(key, this.#read(key, parseId, 'not_an_id'));
  }

  /** Like `requiredId`, but rejects an id that an earlier object had: the first object keeps it. */
  uniqueId(key: string, seen: Set<string>): string | null {
    return this.#unique(key, this.requiredId(key), seen);
  }

  money(key: string): string | null {
    return this.#read(key, parseMoney, 'not_money');
  }

  /** A share from 0 to 1; blank text is 1688's way to write 0. */
  share(key: string): string | null {
    const value = this.raw(key);
    return value === '' ? parseShare(value) : this.#read(key, parseShare, 'not_a_share');
  }

  /** A score; 0 means that nobody has given one yet. */
  score(key: string): string | null {
    const score = this.level(key);
    return score === '0' ? null : score;
  }

  /** A level, which may be a half one. */
  level(key: string): string | null {
    return this.#read(key, parseScore, 'not_a_score');
  }

  /** A weight or length, converted to a unit `times` smaller; 0 means that it is not known. */
  measure(key: string, times: 10 | 1000): string | null {
    const measure = this.#read(key, (value) => parseMeasure(value, times), 'not_a_measure');
    return measure === '0' ? null : measure;
  }

  count(key: string): number | null {
    return this.#read(key, parseCount, 'not_a_count');
  }

  smallCount(key: string): number | null {
    return this.#read(key, parseSmallCount, 'not_a_count');
  }

  quantity(key: string): number | null {
    return this.#read(key, parseQuantity, 'not_a_quantity');
  }

  /** Like `uniqueId`, for a whole number from 1. */
  uniqueQuantity(key: string, seen: Set<number>): number | null {
    return this.#unique(key, this.#required(key, this.quantity(key)), seen);
  }

  flag(key: string): boolean | null {
    return this.#read(key, parseFlag, 'not_a_flag');
  }

  date(key: string): string | null {
    return this.#read(key, parseDate, 'not_a_date');
  }

  mediaUrl(key: string): string | null {
    return this.#read(key, parseMediaUrl, 'not_a_media_url');
  }

  /** The object under `key`; without a usable one, a reader that finds nothing. */
  object(key: string): FieldReader {
    const value = this.raw(key);
    if (isJsonObject(value)) return new FieldReader(value, this.pathOf(key), this.#findings);
    if (!isAbsent(value)) this.reject(key, 'not_an_object');
    return new FieldReader({}, this.pathOf(key), this.#findings, isAbsent(value) && this.isReadable);
  }

  /** The elements of the list under `key`: none when it is absent; null, with a reject, when it is no list, or far too long. */
  list(key: string): readonly ListItem[] | null {
    const value = this.raw(key);
    if (isAbsent(value)) return [];
    if (Array.isArray(value)) {
      if (value.length > maxItems) {
        this.reject(key, 'too_many');
        return null;
      }
      const path = this.pathOf(key);
      return (value as readonly JsonValue[]).map((item, i) => new ListItem(item, i, path, this.#findings));
    }
    this.reject(key, 'not_an_array');
    return null;
  }

  /** The objects of the list under `key`; its other elements are rejected. */
  rows(key: string): readonly FieldReader[] {
    return (this.list(key) ?? []).flatMap((item) => item.asRow() ?? []);
  }

  #read<T>(key: string, parse: (value: JsonValue) => T | null, reason: RejectReason): T | null {
    const value = this.raw(key);
    if (isAbsent(value)) return null;
    const parsed = parse(value);
    if (parsed === null) this.reject(key, reason);
    return parsed;
  }

  #required<T>(key: string, parsed: T | null): T | null {
    if (isAbsent(this.raw(key))) this.reject(key, 'missing');
    return parsed;
  }

  #unique<T>(key: string, parsed: T | null, seen: Set<T>): T | null {
    if (parsed === null) return null;
    if (seen.has(parsed)) {
      this.reject(key, 'duplicate');
      return null;
    }
    seen.add(parsed);
    return parsed;
  }
}

/** A reader over the payload of an answer; null, with a reject of the whole, when that is no object. */
export function openPayload(payload: JsonValue, findings: Findings): FieldReader | null {
  if (isJsonObject(payload)) return new FieldReader(payload, '', findings);
  findings.reject('$', payload === null ? 'missing' : 'not_an_object', payload);
  return null;
}

/** True when the answer says nothing: no key, null, or blank text. */
function isAbsent(value: JsonValue | undefined): value is null | undefined | '' {
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
}
