import type { Command } from 'commander';
import { createPool } from '../../db/pool.ts';
import type { CliContext } from '../../app/context.ts';
import { formatStatus } from '../format-status.ts';
import { readStatus } from '../../health/read-status.ts';
import { openSession } from '../../app/session.ts';
import { createPaint } from '../../terminal/paint.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingDatabase } from '../../app/with-database.ts';

/** Shows the catalog, the last runs and the quota. */
export async function showStatus(
  context: CliContext,
  { runs }: { readonly runs: number },
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const status = await withExistingDatabase(session, async ({ url }) => {
    const pool = createPool({ connectionString: url, max: 1, log: session.log });
    try {
      return await readStatus(pool, runs);
    } finally {
      await pool.end();
    }
  });
  session.print(session.isJson ? safeJson(status) : formatStatus(status, createPaint(context)));
}
