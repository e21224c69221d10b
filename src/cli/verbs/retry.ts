import type { Command } from 'commander';
import { openSession } from '../../app/session.ts';
import type { CliContext } from '../../app/context.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { listGivenUp } from '../../health/list-given-up.ts';
import { retryGivenUp } from '../../refresh/queue/retry-given-up.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { addExamples } from '../add-examples.ts';
import { formatGivenUp } from '../format-given-up.ts';

interface RetryFlags {
  readonly list?: true;
  readonly operation?: string;
  readonly id?: string;
}

/** More is a matter for SQL. */
const listed = 10_000;

const nothing = 'Nothing waits for a later try.';

/** `catalog-sync retry`: makes what could not be fetched due at once, or lists it. */
export function registerRetry(program: Command, context: CliContext): void {
  const command = program
    .command('retry')
    .description('Make what could not be fetched due at once, for the run that is active or the next one.')
    .option('--list', 'only list it, with the reason and the next try')
    .option('--operation <name>', 'only this operation, like offer.detail')
    .option('--id <id>', 'only the one with this id; needs --operation')
    .action(async ({ list, operation, id }: RetryFlags, self: Command) => {
      if (id !== undefined && operation === undefined) self.error('error: --id needs --operation');
      if (id !== undefined && !/^\d{1,19}$/.test(id)) self.error('error: --id is a number');
      const session = openSession(self, context, { logs: 'command' });
      await withExistingPool(session, 1, async (pool) => {
        if (list) {
          const rows = await listGivenUp(pool, listed);
          session.print(session.isJson ? safeJson(rows) : rows.length === 0 ? nothing : formatGivenUp(rows));
          return;
        }
        const retried = await retryGivenUp(pool, { operation: operation ?? null, id: id ?? null });
        if (session.isJson) session.print(safeJson({ retried }));
        else session.talk(retried === 0 ? nothing : describe(retried));
      });
    });
  addExamples(command, [
    'catalog-sync retry --list',
    'catalog-sync retry',
    'catalog-sync retry --operation offer.detail',
  ]);
}

function describe(retried: number): string {
  return `${retried === 1 ? '1 target is' : `${retried.toLocaleString('en')} targets are`} due now: catalog-sync sync`;
}
