import type { PoolClient } from 'pg';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { OperationName } from '../model/operation.ts';
import { readSql } from './read-sql.ts';
import { readYields, type CountersByKind } from './answer-yield.ts';
import type { LoadContext, Replay } from './load-context.ts';
import { uniqueBy } from '../refresh/update/offer-freshness.ts';
import { applySql, runSqlForOne } from '../db/sql-file.ts';
import { recordYields } from '../ledger/record-yields.ts';
import { markLoaded, noteVersion } from '../raw/change-answers.ts';

function operationOf(answer: LoadableAnswer): OperationName {
  switch (answer.kind) {
    case 'category':
      return 'category.children';
    case 'search':
      return answer.operation;
    case 'detail':
      return 'offer.detail';
    case 'upload':
      return 'image.upload';
  }
}

function countRows(answer: LoadableAnswer): number {
  if (answer.record === null) return 0;
  switch (answer.kind) {
    case 'category':
      return answer.record.children.length + (answer.record.node === null ? 0 : 1);
    case 'search':
      return answer.record.rows.length;
    case 'detail':
      return answer.record.kind === 'found' ? 1 : 0;
    case 'upload':
      return answer.record.imageId === null ? 0 : 1;
  }
}

/** The unusable values of an answer, as rows of `sync.quarantine`. */
function toQuarantineRows(answer: LoadableAnswer) {
  return answer.rejects.map(({ path, reason, sample }) => ({
    raw_id: answer.provenance.rawId,
    call_id: answer.provenance.callId,
    run_id: answer.provenance.runId,
    operation: operationOf(answer),
    path,
    reason,
    sample,
    observed_at: answer.provenance.observedAt,
  }));
}

interface QuarantineChange {
  /** Number of quarantined values that can be read now. */
  readonly resolved: number;
  readonly added: number;
}

/** Updates the quarantine of answers to what today's code cannot use. */
async function mergeQuarantine(
  client: PoolClient,
  answers: readonly LoadableAnswer[],
): Promise<QuarantineChange> {
  return runSqlForOne<QuarantineChange>(client, readSql('merge-quarantine'), [
    answers.map(({ provenance }) => provenance.rawId),
    JSON.stringify(answers.flatMap(toQuarantineRows)),
  ]);
}

async function keepRejects(client: PoolClient, answers: readonly LoadableAnswer[]): Promise<number> {
  const rejected = answers.filter(({ rejects }) => rejects.length > 0);
  if (rejected.length > 0) await mergeQuarantine(client, rejected);
  return rejected.reduce((total, { rejects }) => total + rejects.length, 0);
}

interface DriftRow {
  readonly operation: OperationName;
  readonly path: string;
  readonly kind: string;
  readonly seen: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly sample: string | null;
  readonly last_call_id: string;
}

/** Joins answers with the same drift into one row: a row twice in one statement is an error of Postgres. */
function joinDrifts(rows: readonly DriftRow[]): DriftRow[] {
  const joined = new Map<string, DriftRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.operation, row.path, row.kind]);
    const known = joined.get(key);
    if (!known) {
      joined.set(key, row);
      continue;
    }
    const last = row.last_seen_at >= known.last_seen_at ? row : known;
    const first = row.first_seen_at < known.first_seen_at ? row : known;
    joined.set(key, { ...last, first_seen_at: first.first_seen_at, seen: known.seen + row.seen });
  }
  return [...joined.values()];
}

async function countDrifts(client: PoolClient, answers: readonly LoadableAnswer[]): Promise<void> {
  const rows = answers.flatMap((answer) =>
    answer.drifts.map((drift) => ({
      operation: operationOf(answer),
      path: drift.path.slice(0, maxPath),
      kind: drift.kind,
      seen: 1,
      first_seen_at: answer.provenance.observedAt,
      last_seen_at: answer.provenance.observedAt,
      sample: drift.sample,
      last_call_id: answer.provenance.callId,
    })),
  );
  // Last of all, because every load that sees the same drift waits here.
  if (rows.length > 0) await applySql(client, readSql('upsert-drift'), [JSON.stringify(joinDrifts(rows))]);
}

/** Far below the 2,704 bytes that an index entry may have, and far above the path of any known field. */
const maxPath = 500;

/** Marks answers as loaded, and records at their calls what each showed. Returns the raw ids that were not marked before. */
async function bookLoaded(
  client: PoolClient,
  answers: readonly LoadableAnswer[],
  { countersByKind, normalizerVersion }: LoadOutcome,
): Promise<Set<string>> {
  const rawIds = answers.map(({ provenance }) => provenance.rawId);
  const marked = await markLoaded(client, rawIds, normalizerVersion);
  const yields = readYields(answers, countersByKind);
  const brought = answers.flatMap((answer, index) =>
    marked.has(answer.provenance.rawId)
      ? [{ callId: answer.provenance.callId, rowsLoaded: countRows(answer), ...yields[index] }]
      : [],
  );
  if (brought.length > 0) await recordYields(client, brought);
  return marked;
}

interface LoadOutcome {
  readonly countersByKind: CountersByKind;
  readonly normalizerVersion: number | null;
}

/**
 * Marks answers as loaded and stores rejects and drifts. Answers that were loaded before are left alone.
 *
 * @returns the number of values that went into quarantine
 */
export async function recordAnswers(
  client: PoolClient,
  answers: readonly LoadableAnswer[],
  outcome: LoadOutcome,
): Promise<number> {
  const once = uniqueBy(answers, ({ provenance }) => provenance.rawId);
  const marked = await bookLoaded(client, once, outcome);
  const fresh = once.filter(({ provenance }) => marked.has(provenance.rawId));
  const rejects = await keepRejects(client, fresh);
  await countDrifts(client, fresh);
  return rejects;
}

/**
 * Records which version of the code read answers that were loaded before, and which values it could not use.
 *
 * @returns the number of values that went into quarantine
 */
export async function rebookAnswers(
  { client, normalizerVersion }: LoadContext,
  { correction }: Replay,
  answers: readonly LoadableAnswer[],
): Promise<number> {
  const { resolved, added } = await mergeQuarantine(client, answers);
  correction.quarantineResolved += resolved;
  correction.quarantineAdded += added;
  const rawIds = answers.map(({ provenance }) => provenance.rawId);
  await noteVersion(client, rawIds, normalizerVersion);
  return added;
}
