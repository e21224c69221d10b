import type { Pool } from 'pg';
import { runSql } from '../../db/sql-file.ts';
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
}

/** A target that was given up after an error and waits for its next attempt. */
export interface GivenUp {
  /** The operation that fetches it, like `offer.detail`. */
  readonly operation: string;
  /** `detail`, `category`, or the kind of a search. */
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  readonly notBefore: Date;
  /** How many targets of its operation wait. */
  readonly ofOperation: number;
  /** How many wait in all. */
  readonly ofAll: number;
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
    listGivenUp: (limit) => runSql<GivenUp>(pool, readSql('page-given-up'), [limit]),
  };
}
