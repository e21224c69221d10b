import type { PoolClient } from 'pg';
import type {
  LoadableAnswer,
  LoadableCategory,
  LoadableOffer,
  LoadableSearchPage,
  LoadableUpload,
  LoadReport,
  WindowAlarm,
} from '../model/catalog.ts';
import type { Learn } from '../model/learning.ts';
import type { Reject } from '../model/records.ts';
import { filterErased } from './erase/filter-erased.ts';
import { recordAnswers, rebookAnswers } from './record-answers.ts';
import type { LoadContext, ReadAnswers, Replay } from './load-context.ts';
import { loadCategories } from './load-categories.ts';
import { loadDetails } from './load-details.ts';
import { loadSearchPages } from './load-search-pages.ts';
import { loadUploads } from './load-uploads.ts';
import { createLoadCounters, type LoadCounters } from './load-counters.ts';
import { beginStatsUpdate, saveStatsUpdate } from '../refresh/update/refresh-stats.ts';

interface Kinds {
  readonly categories: readonly LoadableCategory[];
  readonly pages: readonly LoadableSearchPage[];
  readonly offers: readonly LoadableOffer[];
  readonly uploads: readonly LoadableUpload[];
}

function byKind(answers: readonly LoadableAnswer[]): Kinds {
  return {
    categories: answers.filter((answer) => answer.kind === 'category'),
    pages: answers.filter((answer) => answer.kind === 'search'),
    offers: answers.filter((answer) => answer.kind === 'detail'),
    uploads: answers.filter((answer) => answer.kind === 'upload'),
  };
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

export interface LoadOptions {
  readonly learn: Learn;
  readonly normalizerVersion: number | null;
  readonly readAnswers: ReadAnswers;
  /** Null: answers are loaded for the first time. */
  readonly replay: Replay | null;
}

interface CountersByKind {
  readonly listed: LoadCounters;
  readonly fetched: LoadCounters;
}

function toReport({ listed, fetched }: CountersByKind, categories: number, rejects: number): LoadReport {
  const known = [...fetched.seen].filter((id) => !fetched.added.has(id) && !fetched.completed.has(id));
  const changed = known.filter((id) => fetched.changed.has(id));
  return {
    categories,
    offersNew: listed.added.size + fetched.added.size,
    offersCompleted: fetched.completed.size,
    offersChanged: changed.length,
    offersUnchanged: known.length - changed.length,
    pricesOpened: listed.pricesOpened + fetched.pricesOpened,
    pricesClosed: sum(listed.pricesClosed) + sum(fetched.pricesClosed),
    rejects,
  };
}

/** The answers, with what the load found unusable in them. */
function withRejects(
  answers: readonly LoadableAnswer[],
  rejects: ReadonlyMap<string, readonly Reject[]> = new Map(),
): LoadableAnswer[] {
  return answers.map((answer) => ({
    ...answer,
    rejects: [...answer.rejects, ...(rejects.get(answer.provenance.rawId) ?? [])],
  }));
}

/** Marks answers as loaded or, in a replay, records what they corrected. Returns the number of values that went into quarantine. */
async function book(
  context: LoadContext,
  answers: readonly LoadableAnswer[],
  countersByKind: CountersByKind,
): Promise<number> {
  const { client, normalizerVersion, replay } = context;
  if (replay === null) return recordAnswers(client, answers, { countersByKind, normalizerVersion });
  const rejects = await rebookAnswers(context, replay, answers);
  for (const { added, changed } of [countersByKind.listed, countersByKind.fetched])
    for (const id of [...added, ...changed]) replay.correction.offers.add(id);
  return rejects;
}

/**
 * The only way of answers into the catalog, within the transaction of `client`, for first loads and for answers that are read again.
 * Leaves out what they say of erased sellers.
 */
export async function loadAnswers(
  client: PoolClient,
  given: readonly LoadableAnswer[],
  { learn, ...options }: LoadOptions,
): Promise<{ readonly report: LoadReport; readonly alarms: readonly WindowAlarm[] }> {
  const { answers, erase } = await filterErased(client, given);
  const statsUpdate = await beginStatsUpdate(client, learn);
  const hand = new Map(answers.map((answer) => [answer.provenance.callId, answer]));
  const context: LoadContext = { client, statsUpdate, hand, ...options };
  const { categories, pages, offers, uploads } = byKind(answers);
  const countersByKind: CountersByKind = { listed: createLoadCounters(), fetched: createLoadCounters() };
  const nodes = categories.length > 0 ? await loadCategories(context, categories) : null;
  const alarms = pages.length > 0 ? await loadSearchPages(context, pages, countersByKind.listed) : [];
  const believed = offers.length > 0 ? await loadDetails(context, offers, countersByKind.fetched) : [];
  if (uploads.length > 0) await loadUploads(client, uploads);
  const byRawId = new Map(believed.map((answer) => [answer.provenance.rawId, answer]));
  const read = answers.map((answer) => byRawId.get(answer.provenance.rawId) ?? answer);
  const rejects = await book(context, withRejects(read, nodes?.rejects), countersByKind);
  await erase();
  if (options.replay === null) await saveStatsUpdate(client, statsUpdate);
  return { report: toReport(countersByKind, nodes?.listed.size ?? 0, rejects), alarms };
}
