import { eq, lt } from 'drizzle-orm';
import type { Pool } from 'pg';
import { drizzleOn } from '../../db/database.ts';
import { endedSession } from '../../schema/sync.ts';
import { sessionLifeMs } from './sessions.ts';

/** The sessions that people logged out of, whose cookies would otherwise be good for hours. */
export interface EndedSessions {
  /** Ends a session in all processes. */
  add(sessionId: string, now: Date): Promise<void>;
  has(sessionId: string): Promise<boolean>;
}

/** Over `sync.ended_session`. */
export function createEndedSessions(pool: Pool): EndedSessions {
  const db = drizzleOn(pool);
  return {
    add: async (sessionId, now) => {
      await db.insert(endedSession).values({ sessionId, endedAt: now }).onConflictDoNothing();
      // Their cookies are too old by then, also on a host whose clock is hours behind.
      const before = new Date(now.getTime() - 2 * sessionLifeMs);
      await db.delete(endedSession).where(lt(endedSession.endedAt, before));
    },
    has: async (sessionId) => {
      const rows = await db.select().from(endedSession).where(eq(endedSession.sessionId, sessionId));
      return rows.length > 0;
    },
  };
}
