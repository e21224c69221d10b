import type { SearchRequest } from './operation.ts';
import type { CategoryAnswer, Drift, ImageUpload, OfferAnswer, Reject, SearchPage } from './records.ts';

/** Which call showed what is being loaded, and when. */
export interface Provenance {
  readonly callId: string;
  readonly rawId: string;
  readonly runId: string | null;
  /** Ledger clock at the grant. */
  readonly observedAt: Date;
}

interface Loadable<Kind extends string, Record> {
  readonly kind: Kind;
  readonly provenance: Provenance;
  /** Null when nothing of the answer was usable. */
  readonly record: Record | null;
  readonly rejects: readonly Reject[];
  readonly drifts: readonly Drift[];
}

export interface LoadableCategory extends Loadable<'category', CategoryAnswer> {
  /** The node that was asked for. */
  readonly categoryId: string;
}

export interface LoadableSearchPage extends Loadable<'search', SearchPage> {
  readonly operation: SearchRequest['operation'];
  readonly windowId: string;
  /** The page that was asked for, from 1. */
  readonly page: number;
  readonly pageSize: number;
}

export interface LoadableOffer extends Loadable<'detail', OfferAnswer> {
  /** The offer that was asked for. */
  readonly offerId: string;
}

export type LoadableUpload = Loadable<'upload', ImageUpload>;

/** An answer after transform, ready for its one transaction. */
export type LoadableAnswer = LoadableCategory | LoadableSearchPage | LoadableOffer | LoadableUpload;

/** A pass that showed that a search does not work as expected: it ends too early, repeats itself, or ignores price bounds. */
export interface WindowAlarm {
  readonly windowId: string;
  readonly feed: string;
  readonly outcome: 'truncated' | 'page_repeated' | 'bounds_ignored';
  readonly totalRecords: number | null;
  /** Different offers that the pass listed. */
  readonly reach: number | null;
}

/** What one load changed, for run summaries and `usage.api_call.rows`. */
export interface LoadReport {
  /** Nodes listed below those that were asked for. */
  readonly categories: number;
  readonly offersNew: number;
  /**
   * Offers whose first detail was loaded, named by a search or watch list before or by this load; also a first detail that says
   * that an offer is gone.
   */
  readonly offersCompleted: number;
  /** Known offers whose details were fetched again. Search rows don't count: they show an offer many times. */
  readonly offersChanged: number;
  readonly offersUnchanged: number;
  readonly pricesOpened: number;
  readonly pricesClosed: number;
  readonly rejects: number;
}
