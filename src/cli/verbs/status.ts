import type { Command } from 'commander';
import { createPool } from '../../db/pool.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { formatStatus } from '../format-status.ts';
import { parseCount } from '../parse-count.ts';
import { readStatus } from '../../health/read-status.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingDatabase } from '../../app/with-database.ts';

/** `catalog-sync status`: what the catalog holds, how runs went, what is left of the quota. */
export function registerStatus(program: Command, context: CliContext): void {
  const command = program
    .command('status')
    .description('Show the contents of the catalog, the last runs, the quota that is left, and APIs on hold.')
    .option('--runs <number>', 'number of runs to show', parseCount(1, 1000), 10)
    .action(async ({ runs }: { readonly runs: number }, self: Command) => {
      const session = openSession(self, context, { logs: 'command' });
      const status = await withExistingDatabase(session, async ({ url }) => {
        const pool = createPool({ connectionString: url, max: 1, log: session.log });
        try {
          return await readStatus(pool, runs);
        } finally {
          await pool.end();
        }
      });
      session.print(session.isJson ? safeJson(status) : formatStatus(status));
    });
  addExamples(command, ['catalog-sync status', 'catalog-sync status --runs 50 --json']);
}
