import type { Command } from 'commander';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { withExistingDatabase } from '../../app/with-database.ts';
import { classifyDatabaseErrors } from '../../db/database-error.ts';
import { createPool } from '../../db/pool.ts';
import { requireMigrated } from '../../db/require-migrated.ts';
import { readSource } from '../../health/read-source.ts';
import { formatSource } from '../format-source.ts';

/** Shows the catalog, the last runs and the quota. */
export async function showStatus(
  context: CliContext,
  { runs }: { readonly runs: number },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  await withExistingDatabase(session, async ({ url }) => {
    const pool = createPool({ connectionString: url, max: 1, log: session.log });
    try {
      const source = await classifyDatabaseErrors(async () => {
        await requireMigrated(pool);
        return readSource(pool);
      });
      if (!session.isJson) session.print(`${formatSource(source)}\n`);
      // What reads the rest is loaded when the first line stands: that and counting may take a while.
      const { describeStatus } = await import('../describe-status.ts');
      session.print(await describeStatus(session, pool, runs));
    } finally {
      await pool.end();
    }
  });
}
