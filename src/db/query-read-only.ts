import { to as copyTo } from 'pg-copy-streams';
import { AppError } from '../core/errors.ts';
import { databaseErrors } from './errors.ts';
import {
  inReadOnlyTransaction,
  openCursor,
  runWithoutCursor,
  type QueryBatch,
  type ReadOnlyOptions,
} from './read-only-transaction.ts';

export interface ReadOnlyQuery extends ReadOnlyOptions {
  /** One statement. */
  readonly text: string;
}

const batchRows = 500;

/** Cancels reading when it returns false: the reader has stopped. */
export type BatchReader<T> = (batch: T) => Promise<boolean>;

/**
 * Runs one statement in a read-only transaction and hands its rows over in batches, the first one also when it
 * is empty. The timeout holds for each batch.
 *
 * @throws AppError QUERY_REFUSED
 */
export async function queryReadOnly(query: ReadOnlyQuery, read: BatchReader<QueryBatch>): Promise<void> {
  const text = withoutSemicolon(query.text);
  await inReadOnlyTransaction(query, async (client, run) => {
    if (!(await openCursor(client, run, text))) {
      await read(await runWithoutCursor(run, text));
      return;
    }
    for (let isFirst = true; ; isFirst = false) {
      const batch = await run(`FETCH ${String(batchRows)} FROM reader`);
      if (batch.rows.length === 0 && !isFirst) return;
      const isWanted = await read(batch);
      if (!isWanted || batch.rows.length < batchRows) return;
    }
  });
}

/**
 * Runs one query in a read-only transaction and hands its rows over as CSV with a header, in pieces.
 *
 * @throws AppError QUERY_REFUSED
 */
export async function copyReadOnly(query: ReadOnlyQuery, read: BatchReader<string>): Promise<void> {
  const text = withoutSemicolon(query.text);
  await inReadOnlyTransaction(query, async (client, run) => {
    // COPY takes several statements at a time; what a cursor took is one whole query that can't end it early.
    if (!(await openCursor(client, run, text))) {
      await runWithoutCursor(run, text);
      throw new AppError(databaseErrors.QUERY_REFUSED, 'only a SELECT can be written as CSV');
    }
    const stream = client.query(copyTo(`COPY (\n${text}\n) TO STDOUT (FORMAT csv, HEADER true)`));
    stream.setEncoding('utf8');
    for await (const chunk of stream) {
      if (!(await read(String(chunk)))) return;
    }
  });
}

/** One statement as a part of another. */
export function withoutSemicolon(text: string): string {
  return text.replace(/[\s;]+$/, '');
}
