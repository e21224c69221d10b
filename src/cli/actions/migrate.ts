import type { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { ensurePartitions } from '../../db/partitions.ts';
import { createPool } from '../../db/pool.ts';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withDatabase } from '../../app/with-database.ts';

/** Brings the database to the schema of this version. */
export async function migrateDatabase(context: CliContext, _flags: unknown, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const { applied } = await withDatabase(session, async ({ url }) => {
    const report = await migrate({ connectionString: url, log: session.log });
    const pool = createPool({ connectionString: url, max: 1, log: session.log });
    try {
      await ensurePartitions(pool, context.clock.now());
    } finally {
      await pool.end();
    }
    return report;
  });
  if (session.isJson) session.print(safeJson({ applied }));
  else for (const name of applied) session.print(name);
  session.talk(applied.length === 0 ? 'The database was up to date.' : 'The database is up to date now.');
}
