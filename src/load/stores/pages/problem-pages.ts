import type { Pool } from 'pg';
import { readRows } from './read-rows.ts';

/** Calls that did not bring what was asked for, of one cause. */
export interface ErrorRow {
  /** Of docs/errors.md; null: code and status do not tell which. */
  readonly code: string | null;
  readonly outcome: string;
  readonly gatewayCode: string | null;
  readonly api: string;
  readonly calls: number;
  readonly lastAt: Date;
}

/** Something that was given up after an error and waits for its next try. */
export interface GivenUp {
  /** `detail`, `category`, or the kind of a search. */
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  readonly notBefore: Date;
}

export interface ProblemPages {
  listErrors(days: number): Promise<ErrorRow[]>;
  /** The soonest first. */
  listGivenUp(limit: number): Promise<GivenUp[]>;
  /** Lets all of them be asked for again at once; gives how many. */
  retryGivenUp(): Promise<number>;
}

/** Reads for the page of problems, and the retry of what was given up. */
export function createProblemPages(pool: Pool): ProblemPages {
  return {
    listErrors: (days) => readRows<ErrorRow>(pool, 'page-errors', [days]),
    listGivenUp: (limit) => readRows<GivenUp>(pool, 'page-given-up', [limit]),
    retryGivenUp: async () => {
      const [row] = await readRows<{ retried: number }>(pool, 'retry-given-up');
      return row?.retried ?? 0;
    },
  };
}
