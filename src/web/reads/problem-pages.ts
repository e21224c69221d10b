import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
import { listGivenUp } from '../../health/list-given-up.ts';
import type { GivenUp } from '../../model/given-up.ts';
import { readSql } from '../read-sql.ts';

/** Calls without a usable answer, of one cause. */
export interface ErrorRow {
  /** Of docs/errors.md; null: code and status are not enough. */
  readonly code: string | null;
  readonly outcome: string;
  readonly gatewayCode: string | null;
  readonly api: string;
  readonly calls: number;
  readonly lastAt: Date;
  /** The newest of them. */
  readonly lastCallId: string;
}

export interface ProblemPages {
  listErrors(days: number): Promise<ErrorRow[]>;
  /** The soonest first. */
  listGivenUp(limit: number): Promise<GivenUp[]>;
}

/** Reads for the page of problems. */
export function createProblemPages(pool: Pool): ProblemPages {
  return {
    listErrors: (days) => runSql<ErrorRow>(pool, readSql('page-errors'), [days]),
    listGivenUp: (limit) => listGivenUp(pool, limit),
  };
}
