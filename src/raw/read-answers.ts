import type { Pool, PoolClient } from 'pg';
import { AppError } from '../core/errors.ts';
import type { LoadableAnswer } from '../model/catalog.ts';
import type { StoredAnswer } from '../model/ledger.ts';
import { rawErrors } from './errors.ts';
import { readSql } from './read-sql.ts';
import { toStoredAnswer, type StoredAnswerRow } from './stored-answer.ts';
import { runSql } from '../db/sql-file.ts';

/** What today's code reads in a stored answer; null: it is no good answer of its operation. */
export type ReadStored = (stored: StoredAnswer) => LoadableAnswer | null;

/** Stored answers from their rows. Damaged ones are counted and left out. */
export async function unpackAnswers(
  rows: readonly StoredAnswerRow[],
): Promise<{ readonly answers: StoredAnswer[]; readonly damaged: number }> {
  const answers: StoredAnswer[] = [];
  for (const row of rows) {
    try {
      answers.push(await toStoredAnswer(row));
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== rawErrors.RAW_DAMAGED) throw error;
    }
  }
  return { answers, damaged: rows.length - answers.length };
}

/** Stored answers, by call, as `read` reads them. Those that are not kept, damaged or no good are left out. */
export async function readAnswers(
  client: Pool | PoolClient,
  callIds: readonly string[],
  read: ReadStored,
): Promise<Map<string, LoadableAnswer>> {
  if (callIds.length === 0) return new Map();
  const rows = await runSql<StoredAnswerRow>(client, readSql('read-stored-answers'), [callIds]);
  const { answers } = await unpackAnswers(rows);
  return new Map(
    answers.flatMap((stored) => {
      const answer = read(stored);
      return answer === null ? [] : [[stored.callId, answer] as const];
    }),
  );
}
