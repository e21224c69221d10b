import type { PlannerKnowledge } from '../../model/learning.ts';
import { runSqlForOne, type SqlExecutor } from '../../db/sql-file.ts';
import type { planner } from '../../schema/planner.ts';
import type { SiblingRecord } from '../planner/shop-suspicion.ts';
import { shareOf, type VisibleShare } from '../planner/visible-share.ts';
import { readSql } from '../read-sql.ts';

interface PlannerRow extends Omit<typeof planner.$inferSelect, 'fittedAt' | 'repricings' | 'shopDays'> {
  readonly isDateTrusted: boolean;
  readonly dateShare: number;
}

/** What is known of all offers, plus what only the choice of calls needs. */
export interface PlannerFigures extends PlannerKnowledge {
  /** The counted changes that determine the share that rows show. */
  readonly shown: VisibleShare;
  readonly meanPopularity: number;
  /** Null: not known yet. */
  readonly floorDays: number | null;
  /** What pages of suspected shops showed. */
  readonly siblings: SiblingRecord;
}

/** @throws Error when the database has no planner: it is not migrated */
export async function readPlanner(client: SqlExecutor): Promise<PlannerFigures> {
  const row = await runSqlForOne<PlannerRow>(client, readSql('read-planner'));
  const { priorChanges, priorDays, visibleChanges, hiddenChanges, recentFound, recentEmpty, ...rest } = row;
  const { siblingsExpected, siblingsChanged, ...figures } = rest;
  const shown = { visible: visibleChanges, hidden: hiddenChanges };
  return {
    ...figures,
    siblings: { expected: siblingsExpected, changed: siblingsChanged },
    recent: { found: recentFound, empty: recentEmpty },
    prior: { changes: priorChanges, days: priorDays },
    shown,
    visibleShare: shareOf(shown),
  };
}
