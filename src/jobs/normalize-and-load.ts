import { AppError } from '../core/errors.ts';
import { toNamedError } from '../db/database-error.ts';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { CallAnswered } from '../model/gateway.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import type { CatalogStore } from '../load/catalog-store.ts';
import type { addCounts } from '../runs/add-counts.ts';
import { readStored } from '../extract/read-stored.ts';
import { normalizeAnswer } from '../transform/normalize-answer.ts';

/** An answer that can't be loaded, now or later. */
export interface LoadFailure {
  readonly rawId: string;
  readonly error: AppError;
}

/** The one path from an answer, fresh or stored, into the catalog. */
export interface CatalogLoader {
  /**
   * Loads answers of one kind in one transaction, and records the changes with the run that asked. An answer that cannot be loaded does
   * not hold back the others: then each has a transaction of its own.
   *
   * @returns those that cannot be loaded
   * @throws AppError when the database is away: all of it may be tried again
   */
  load(answers: readonly CallAnswered[], runId: string): Promise<LoadFailure[]>;
  /** As `load`, for answers that were paid for and never reached the catalog. */
  loadStored(answers: readonly StoredAnswer[]): Promise<LoadFailure[]>;
}

export interface LoaderDeps {
  readonly catalog: Pick<CatalogStore, 'load'>;
  readonly addCounts: typeof addCounts;
}

/** True when the answer itself is the cause: a retry would fail the same way. */
function isFinal(error: AppError): boolean {
  return error.recovery === 'fail' || error.recovery === 'skip';
}

/** Null when it is loaded. @throws AppError when it may be tried again */
async function tryToLoad(load: () => Promise<void>): Promise<AppError | null> {
  try {
    await load();
    return null;
  } catch (thrown) {
    const error = toNamedError(thrown);
    if (!isFinal(error)) throw error;
    return error;
  }
}

async function loadEach<T>(
  items: readonly T[],
  rawIdOf: (item: T) => string,
  load: (item: T) => Promise<void>,
): Promise<LoadFailure[]> {
  const failures: LoadFailure[] = [];
  for (const item of items) {
    const error = await tryToLoad(() => load(item));
    if (error) failures.push({ rawId: rawIdOf(item), error });
  }
  return failures;
}

function normalizeFresh({ request, payload, provenance, windowId }: CallAnswered): LoadableAnswer {
  return normalizeAnswer(request, payload, provenance, windowId);
}

/**
 * What today's code reads in a stored answer; empty if the catalog has no place for it.
 *
 * @throws AppError STORED_ANSWER_UNREADABLE
 */
function normalizeStored(stored: StoredAnswer): LoadableAnswer[] {
  const { request, rawId, callId, runId, observedAt, windowId } = stored;
  // Only answers of catalog operations are ever stored.
  if (request.operation === 'system.time') return [];
  return [normalizeAnswer(request, readStored(stored), { rawId, callId, runId, observedAt }, windowId)];
}

/** What today's code reads in a stored answer; null: it is no valid answer of its operation. */
export function readAgain(stored: StoredAnswer): LoadableAnswer | null {
  try {
    return normalizeStored(stored)[0] ?? null;
  } catch (error) {
    if (error instanceof AppError && error.recovery === 'skip') return null;
    throw error;
  }
}

/** @see CatalogLoader */
export function createCatalogLoader(deps: LoaderDeps): CatalogLoader {
  const loadBatch = async (answers: readonly LoadableAnswer[], runId: string | null): Promise<void> => {
    if (answers.length === 0) return;
    await deps.catalog.load(answers, async (client, report) => {
      if (runId !== null) await deps.addCounts(client, runId, report);
    });
  };
  return {
    load: async (answers, runId) => {
      const refused = await tryToLoad(() => loadBatch(answers.map(normalizeFresh), runId));
      if (!refused) return [];
      return loadEach(
        answers,
        ({ provenance }) => provenance.rawId,
        (answer) => loadBatch([normalizeFresh(answer)], runId),
      );
    },
    loadStored: (stored) =>
      loadEach(
        stored,
        ({ rawId }) => rawId,
        (answer) => loadBatch(normalizeStored(answer), answer.runId),
      ),
  };
}
