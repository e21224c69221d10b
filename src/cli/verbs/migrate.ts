import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { lazily } from '../lazily.ts';

/** `catalog-sync migrate`: brings the database to the schema of this version. */
export function registerMigrate(program: Command, context: CliContext): void {
  const command = program
    .command('migrate')
    .description('Update the database to the schema of this version. Several processes can run it at once.')
    .action(lazily(context, async () => (await import('../actions/migrate.ts')).migrateDatabase));
  addExamples(command, ['catalog-sync migrate', 'catalog-sync migrate --project /srv/catalog --json']);
}
