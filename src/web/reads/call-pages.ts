import type { Pool } from 'pg';
import type { JsonObject } from '../../core/json.ts';
import type { CallOutcome, CallState, Lane } from '../../model/ledger.ts';
import { runSql } from '../../db/sql-file.ts';
import { readSql } from '../read-sql.ts';

/** A call from its request to its outcome. */
export interface CallRow {
  readonly callId: string;
  readonly api: string;
  readonly operation: string;
  readonly lane: Lane;
  /** What was asked for; no secret is in it. */
  readonly request: JsonObject;
  readonly runId: string | null;
  readonly jobId: string | null;
  /** Of the search it is a page of; null: it is none. */
  readonly feed: string | null;
  readonly state: CallState;
  /** Null: nobody knows, or it is under way. */
  readonly outcome: CallOutcome | null;
  /** Of docs/errors.md; null: it is good, or code and status are not enough. */
  readonly errorCode: string | null;
  readonly gatewayCode: string | null;
  readonly httpStatus: number | null;
  readonly grantedAt: Date;
  /** When the pace lets it go. */
  readonly sendAt: Date;
  readonly sentAt: Date | null;
  readonly settledAt: Date | null;
  readonly latencyMs: number | null;
  readonly responseBytes: number | null;
  readonly rowsLoaded: number | null;
  readonly offersNew: number | null;
  readonly offersChanged: number | null;
  readonly pricesChanged: number | null;
  /** It brought an answer that was stored. */
  readonly hasAnswer: boolean;
  /** Null: its answer is not, or no longer, stored. */
  readonly rawId: string | null;
  readonly loadedAt: Date | null;
  readonly erasedAt: Date | null;
}

export interface CallPages {
  /** Null: there is no such call, or its month was dropped. */
  readCall(callId: string): Promise<CallRow | null>;
}

/** Reads for the page of a call. */
export function createCallPages(pool: Pool): CallPages {
  return {
    readCall: async (callId) => {
      const [row] = await runSql<CallRow>(pool, readSql('page-call'), [callId]);
      return row ?? null;
    },
  };
}
