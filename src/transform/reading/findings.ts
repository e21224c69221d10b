import type { JsonValue } from '../../core/json.ts';
import type { Reject } from '../../model/records.ts';
import { sampleOf } from './sample-of.ts';

/** Every word that `Reject.reason` can be. */
export type RejectReason =
  | 'missing'
  | 'empty'
  | 'duplicate'
  | 'another_id'
  | 'cycle'
  | 'not_an_object'
  | 'not_an_array'
  | 'not_an_id'
  | 'not_text'
  | 'cut'
  | 'not_money'
  | 'not_a_share'
  | 'not_a_score'
  | 'not_a_measure'
  | 'not_a_count'
  | 'not_a_quantity'
  | 'not_a_flag'
  | 'not_a_date'
  | 'not_a_media_url'
  | 'not_a_quote_type';

/** Collects what could not be used while an answer is read. One per answer. */
export class Findings {
  readonly #rejects: Reject[] = [];

  /** Notes that the value at `path` was left out. */
  reject(path: string, reason: RejectReason, value: JsonValue | undefined): void {
    this.#rejects.push({ path, reason, sample: sampleOf(value) });
  }

  get rejects(): readonly Reject[] {
    return this.#rejects;
  }
}
