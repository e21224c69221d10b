import { desc, like } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../db/database.ts';
import { databaseIdentity, run } from '../schema/sync.ts';

/** The progress of demos in the invented world of a database. */
export interface DemoProgress {
  /** When the database was made; its world began then. */
  readonly worldBeganAt: Date;
  /** Null: no demo has run here. */
  readonly lastRun: {
    /** From 1. */
    readonly day: number;
    readonly isComplete: boolean;
    /** Ledger time of its end, or of its start when it has not ended. */
    readonly at: Date;
  } | null;
}

const triggerPrefix = 'demo day ';

/** The trigger in `sync.run` for the demo of a day; `readDemoProgress` reads the day from it. */
export function demoTrigger(day: number): string {
  return `${triggerPrefix}${day}`;
}

/** Stored in the database: a separate file could be lost, or belong to another database. */
export async function readDemoProgress(pool: Pool): Promise<DemoProgress> {
  const db = drizzleOn(pool);
  const [identity] = await db.select().from(databaseIdentity);
  const [last] = await db
    .select()
    .from(run)
    .where(like(run.trigger, `${triggerPrefix}%`))
    .orderBy(desc(run.runId))
    .limit(1);
  return {
    worldBeganAt: identity?.createdAt ?? new Date(0),
    lastRun: last
      ? {
          day: Number(last.trigger.slice(triggerPrefix.length)),
          isComplete: last.status === 'succeeded',
          at: last.endedAt ?? last.startedAt ?? last.requestedAt,
        }
      : null,
  };
}
