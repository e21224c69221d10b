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
  | 'not_a_quote_type'
  | 'not_by_sku'
  | 'too_many';

/** Highest number of rejects kept of one answer. A page of fifty rows of which nothing can be read has half as many. */
const maxRejects = 1000;

/** Collects what could not be used while an answer is read. One per answer. */
export class Findings {
  readonly #rejects: Reject[] = [];
  #left = 0;

  /** Notes that the value at `path` was left out. */
  reject(path: string, reason: RejectReason, value: JsonValue | undefined): void {
    if (this.#rejects.length < maxRejects) this.#rejects.push({ path, reason, sample: sampleOf(value) });
    else this.#left += 1;
  }

  /** If some were left out, a last reject counts them. */
  get rejects(): readonly Reject[] {
    if (this.#left === 0) return this.#rejects;
    return [...this.#rejects, { path: '$', reason: 'too_many', sample: `${String(this.#left)} more` }];
  }
}
