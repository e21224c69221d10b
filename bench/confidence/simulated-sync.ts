import type { Pool } from 'pg';
import type { Logger } from '../../src/core/log.ts';
import { dayMs } from '../../src/core/duration.ts';
import type { OfferObservation } from '../../src/model/learning.ts';
import { runInTransaction } from '../../src/db/run-in-transaction.ts';
import { fitPlanner } from '../../src/refresh/fit-planner.ts';
import { learn } from '../../src/refresh/learn.ts';
import { rateOf } from '../../src/refresh/planner/change-rate.ts';
import { defaultObjective } from '../../src/refresh/planner/objective.ts';
import { detailValue } from '../../src/refresh/planner/offer-value.ts';
import { createRefreshQueue } from '../../src/refresh/queue/refresh-queue.ts';
import { lockOffers, writeFreshness } from '../../src/refresh/update/freshness-rows.ts';
import { isAbsent, type OfferFreshness } from '../../src/refresh/update/offer-freshness.ts';
import {
  beginStatsUpdate,
  saveStatsUpdate,
  updateRefreshStats,
  type RefreshStatsUpdate,
} from '../../src/refresh/update/refresh-stats.ts';
import type { Shown, SimulatedOffers } from './simulated-offers.ts';

const pageSize = 50;
/** The id of the offer at a place. */
export const idOf = (index: number) => String(610_000_000_000 + index);

/** What was last seen of an offer. */
export interface Copy {
  detail: Shown | null;
  row: Shown | null;
  isRowOlder: boolean;
}

/** The search that lists all offers: $1 ids that it listed, $2 when, $3 when its newest complete pass began. */
const noteRows = `
  WITH search AS (
    INSERT INTO sync.search_window (feed, keyword, language) VALUES ('all', 'all', 'zh')
    ON CONFLICT ON CONSTRAINT search_window_query DO UPDATE SET complete_since = $3
    RETURNING window_id
  )
  INSERT INTO sync.window_offer (window_id, offer_id, first_seen_at, last_seen_at)
  SELECT window_id, unnest($1::bigint[]), $2, $2 FROM search
  ON CONFLICT (window_id, offer_id) DO UPDATE SET last_seen_at = excluded.last_seen_at`;

interface Run {
  readonly offers: readonly Shown[];
  readonly at: Date;
  readonly statsUpdate: RefreshStatsUpdate;
  readonly freshness: Map<string, OfferFreshness>;
}

/**
 * Pages and details of simulated offers, learned from and stored by the product's own code. Only what a load would find changed
 * comes from the world.
 */
export class SimulatedSync {
  readonly #pool: Pool;
  readonly #log: Logger;
  readonly #world: SimulatedOffers;
  readonly #startAt: number;
  readonly copies: Copy[];
  #nextPage = 0;
  /** When this pass over all pages began, and the one before it. */
  #passes: { readonly began: Date; readonly before: Date } | null = null;
  #completeSince: Date | null = null;
  /** Ids of the rows of this run. */
  readonly #seen: string[] = [];

  constructor(
    { pool, log }: { readonly pool: Pool; readonly log: Logger },
    world: SimulatedOffers,
    startAt: Date,
  ) {
    this.#pool = pool;
    this.#log = log;
    this.#world = world;
    this.#startAt = startAt.getTime();
    this.copies = Array.from({ length: world.count }, () => ({ detail: null, row: null, isRowOlder: true }));
  }

  /** One run at a time, in days since the beginning. */
  async run(day: number, calls: { readonly pages: number; readonly details: number }): Promise<void> {
    const at = new Date(this.#startAt + day * dayMs);
    await this.#pool.query('UPDATE usage.ledger_clock SET "offset" = $1::timestamptz - now()', [at]);
    const provenance = { callId: '1', rawId: '1', runId: null, observedAt: at };
    const seen = this.copies.map((_, index) => ({ offerId: idOf(index), provenance }));
    await runInTransaction(this.#pool, async (client) => {
      const statsUpdate = await beginStatsUpdate(client, learn);
      const freshness = await lockOffers(client, seen);
      const run: Run = { offers: this.#world.at(day), at, statsUpdate, freshness };
      this.#readPages(run, calls.pages);
      // A second after the rows, so that they are in the order in which they were seen.
      const later: Run = { ...run, at: new Date(at.getTime() + 1000) };
      for (const index of this.#chooseDetails(later, calls.details)) this.#fetchDetail(later, index);
      await writeFreshness(client, freshness, { wasAskedFor: true, statsUpdate });
      await saveStatsUpdate(client, statsUpdate);
      await client.query(noteRows, [this.#seen.splice(0), at, this.#completeSince]);
    });
    await fitPlanner({ refreshQueue: createRefreshQueue({ pool: this.#pool }), log: this.#log }, at);
  }

  #readPages(run: Run, pages: number): void {
    const all = Math.ceil(this.copies.length / pageSize);
    for (let nth = 0; nth < Math.min(pages, all); nth += 1) {
      if (this.#nextPage % all === 0) this.#passes = { began: run.at, before: this.#passes?.began ?? run.at };
      const first = (this.#nextPage++ % all) * pageSize;
      for (let index = first; index < Math.min(first + pageSize, this.copies.length); index += 1)
        if (run.offers[index]?.isListed) this.#seeRow(run, index);
      if (this.#nextPage % all === 0) this.#markAbsent(run);
    }
  }

  /** As a load does after a complete pass, of offers that were on sale and are missing from it for the first time. */
  #markAbsent({ freshness }: Run): void {
    const passes = this.#passes;
    if (passes === null) return;
    this.#completeSince = passes.began;
    for (const [index, { detail }] of this.copies.entries()) {
      const known = freshness.get(idOf(index));
      if (!known?.summary || known.summary.at < passes.before) continue;
      if (!detail || detail.isGone || !detail.isOnSale) continue;
      const noted = { ...known, absent: { at: passes.began, callId: '1' } };
      if (!isAbsent(noted)) continue;
      const stale = { since: passes.began, by: 'absence' as const };
      freshness.set(idOf(index), { ...noted, refreshStats: { ...known.refreshStats, stale } });
    }
  }

  #seeRow(run: Run, index: number): void {
    const [shown, copy] = [run.offers[index], this.copies[index]];
    if (!shown || !copy) return;
    const { row, detail } = copy;
    const isOfDetail = copy.isRowOlder && detail !== null && !detail.isGone;
    this.#learn(run, index, {
      kind: 'row',
      at: run.at,
      monthSold: null,
      isPriceChanged: row !== null && row.rowPrice !== shown.rowPrice,
      isPriceOfDetail: isOfDetail ? detail.rowPrice === shown.rowPrice : null,
      modifiedAt:
        row === null || shown.modifiedAt === row.modifiedAt || shown.modifiedAt === null
          ? null
          : new Date(this.#startAt + shown.modifiedAt * dayMs),
      isReturned: row !== null && detail?.isGone === true && shown.modifiedAt !== row.modifiedAt,
    });
    this.#seen.push(idOf(index));
    copy.row = shown;
    copy.isRowOlder = false;
  }

  #fetchDetail(run: Run, index: number): void {
    const [shown, copy] = [run.offers[index], this.copies[index]];
    if (!shown || !copy) return;
    const before = copy.detail;
    const isVisible =
      before !== null && (before.isGone ? !shown.isGone : !shown.isGone && shown.prices !== before.prices);
    this.#learn(run, index, {
      kind: 'detail',
      at: run.at,
      isChanged: before !== null && before.facts !== shown.facts,
      isVisible,
    });
    copy.detail = shown;
    copy.isRowOlder = true;
  }

  /** Known, read and noted as a load does it. */
  #learn({ freshness, statsUpdate, offers, at }: Run, index: number, observation: OfferObservation): void {
    const prior = freshness.get(idOf(index));
    const shown = offers[index];
    if (!prior || !shown) return;
    const key = { at, callId: '1' };
    const isFound = !shown.isGone;
    const figures = { isFound, isInStock: isFound ? shown.isInStock : null };
    const refreshStats = updateRefreshStats(statsUpdate, prior, observation, figures);
    freshness.set(
      idOf(index),
      observation.kind === 'row'
        ? { ...prior, summary: key, refreshStats }
        : {
            ...prior,
            detail: key,
            found: isFound ? key : (prior.found ?? key),
            emptyDetailStreak: isFound ? 0 : prior.emptyDetailStreak + 1,
            refreshStats,
          },
    );
  }

  /** Those that are known to be wrong first, then by the value of a call. */
  #chooseDetails({ freshness, statsUpdate, at }: Run, count: number): number[] {
    const { prior, visibleShare } = statsUpdate.planner;
    const ageDays = (seen: Date) => (at.getTime() - seen.getTime()) / dayMs;
    const valued = this.copies.map((_, index) => {
      const known = freshness.get(idOf(index));
      if (!known?.detail) return { index, value: Infinity };
      const { stale, learned } = known.refreshStats;
      // Gone, as far as is known.
      if (known.emptyDetailStreak > 1 && stale === null) return { index, value: 0 };
      const detailAgeDays = ageDays(known.detail.at);
      const rowAgeDays = known.summary ? ageDays(known.summary.at) : detailAgeDays;
      const state = { weight: 1, rate: rateOf(prior, learned), isStale: stale !== null, detailAgeDays };
      const ages = { summaryAgeDays: Math.min(rowAgeDays, detailAgeDays) };
      return {
        index,
        value: detailValue({ ...state, ...ages }, { objective: defaultObjective, visibleShare }),
      };
    });
    return valued
      .toSorted((a, b) => b.value - a.value || a.index - b.index)
      .slice(0, count)
      .map(({ index }) => index);
  }
}
