import type { LoadableAnswer, LoadReport } from '../model/catalog.ts';
import type { CallAnswered } from '../model/gateway.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { readStored } from '../extract/read-stored.ts';
import { normalizeAnswer } from '../transform/normalize-answer.ts';

/** The one path from an answer, fresh or stored, into the catalog. */
export interface CatalogLoader {
  /** Loads answers of one kind in one transaction and books what changed to their run. */
  load(answers: readonly CallAnswered[]): Promise<void>;
  /** Loads answers that were paid for and never reached the catalog. Returns how many. */
  loadStored(answers: readonly StoredAnswer[]): Promise<number>;
}

export interface LoaderDeps {
  readonly catalog: { load(answers: readonly LoadableAnswer[]): Promise<LoadReport> };
  readonly runs: { addCounts(runId: string, report: LoadReport): Promise<void> };
}

/** @see CatalogLoader */
export function createCatalogLoader({ catalog, runs }: LoaderDeps): CatalogLoader {
  const loadBatch = async (answers: readonly LoadableAnswer[]): Promise<void> => {
    const first = answers[0];
    if (!first) return;
    const report = await catalog.load(answers);
    if (first.provenance.runId !== null) await runs.addCounts(first.provenance.runId, report);
  };
  const normalize = ({ request, payload, provenance, windowId }: Omit<CallAnswered, 'kind' | 'isCached'>) =>
    normalizeAnswer(request, payload, provenance, windowId);
  return {
    load: (answers) => loadBatch(answers.map(normalize)),
    loadStored: async (stored) => {
      // One by one: an answer that can't be loaded must not hold back the others.
      for (const answer of stored) {
        const provenance = {
          callId: answer.callId,
          rawId: answer.rawId,
          runId: answer.runId,
          observedAt: answer.observedAt,
        };
        const { request, windowId } = answer;
        // Only answers of catalog operations are ever stored.
        if (request.operation === 'system.time') continue;
        await loadBatch([normalize({ request, payload: readStored(answer), provenance, windowId })]);
      }
      return stored.length;
    },
  };
}
