import type { Pool } from 'pg';
import { ensurePartitions } from '../../src/db/partitions.ts';
import { runInTransaction } from '../../src/db/run-in-transaction.ts';
import { loadAnswers } from '../../src/load/load-answers.ts';
import { createCorrection, type Correction, type Replay } from '../../src/load/load-context.ts';
import type { LoadableAnswer, LoadReport } from '../../src/model/catalog.ts';
import type { Learn } from '../../src/model/learning.ts';
import { learnNothing, minute, provenance } from './answers.ts';

/* Answers that are loaded, and read again, without being stored: a map has those that are kept. */

export interface LoadWorld {
  /** By raw id; what is taken out is not kept any more, and what is replaced reads otherwise now. */
  readonly kept: Map<string, LoadableAnswer>;
  /** Loads answers for the first time, and keeps them. */
  load(...answers: readonly LoadableAnswer[]): Promise<LoadReport>;
  /** Loads kept answers as a reprocess does; gives what it corrected. */
  replay(callIds?: readonly string[], wasReplayed?: Replay['wasReplayed']): Promise<Correction>;
}

export interface LoadWorldOptions {
  readonly learn?: Learn;
  readonly normalizerVersion?: number | null;
}

/** Over a database of the caller's own. */
export async function openLoadWorld(
  pool: Pool,
  { learn = learnNothing, normalizerVersion = null }: LoadWorldOptions = {},
): Promise<LoadWorld> {
  await ensurePartitions(pool, minute(0));
  const kept = new Map<string, LoadableAnswer>();
  const pick = (callIds: readonly string[]) =>
    new Map(
      callIds.flatMap((id) => {
        const answer = kept.get(id);
        return answer === undefined ? [] : [[id, answer] as const];
      }),
    );
  const run = (answers: readonly LoadableAnswer[], replay: Replay | null) =>
    runInTransaction(pool, (client) =>
      loadAnswers(client, answers, {
        learn,
        normalizerVersion,
        readAnswers: async (callIds) => pick(callIds),
        replay,
      }),
    );
  return {
    kept,
    load: async (...answers) => {
      for (const answer of answers) kept.set(answer.provenance.callId, answer);
      return (await run(answers, null)).report;
    },
    replay: async (callIds = [...kept.keys()], wasReplayed = async () => new Set<string>()) => {
      const correction = createCorrection();
      await run([...pick(callIds).values()], { correction, wasReplayed });
      return correction;
    },
  };
}

/** Ids of offers and calls that a test file has not used yet; `at`: a call of some minute. */
export function createIds() {
  let lastId = 100;
  let lastCall = 10_000;
  return {
    newId: () => String((lastId += 1)),
    at: (minutes: number) => provenance(minutes, String((lastCall += 1))),
  };
}
