import type { PlannerKnowledge } from '../../model/learning.ts';
import { runSqlForOne, type SqlExecutor } from '../../db/sql-file.ts';
import type { planner } from '../../schema/planner.ts';
import { readSql } from '../read-sql.ts';

interface PlannerRow extends Omit<typeof planner.$inferSelect, 'fittedAt'> {
  readonly isDateTrusted: boolean;
}

/** What is known of all offers, and what only the choice of calls needs. */
export interface PlannerFigures extends PlannerKnowledge {
  readonly meanPopularity: number;
  /** Null: not known yet. */
  readonly floorDays: number | null;
}

/** @throws Error when the database has no planner: it is not migrated */
export async function readPlanner(client: SqlExecutor): Promise<PlannerFigures> {
  const row = await runSqlForOne<PlannerRow>(client, readSql('read-planner'));
  const { priorChanges, priorDays, visibleChanges, hiddenChanges, recentFound, recentEmpty, ...figures } =
    row;
  return {
    ...figures,
    recent: { found: recentFound, empty: recentEmpty },
    prior: { changes: priorChanges, days: priorDays },
    visibleShare: visibleChanges / (visibleChanges + hiddenChanges),
  };
}
