import type { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { ensurePartitions } from '../../db/partitions.ts';
import { createPool } from '../../db/pool.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withDatabase } from '../../app/with-database.ts';

/** `catalog-sync migrate`: brings the database to the schema of this version. */
export function registerMigrate(program: Command, context: CliContext): void {
  const command = program
    .command('migrate')
    .description('Update the database to the schema of this version. Several processes can run it at once.')
    .action(async (_flags: unknown, self: Command) => {
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
    });
  addExamples(command, ['catalog-sync migrate', 'catalog-sync migrate --project /srv/catalog --json']);
}
