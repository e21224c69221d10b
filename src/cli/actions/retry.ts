import type { Command } from 'commander';
import { openSession } from '../../app/session.ts';
import type { CliContext } from '../../app/context.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { listGivenUp } from '../../health/list-given-up.ts';
import { retryGivenUp } from '../../refresh/queue/retry-given-up.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { formatGivenUp } from '../format-given-up.ts';

interface RetryFlags {
  readonly list?: true;
  readonly operation?: string;
  readonly id?: string;
}

/** More is a matter for SQL. */
const listed = 10_000;

const nothing = 'Nothing waits for a later try.';

function describe(retried: number): string {
  return `${retried === 1 ? '1 target is' : `${retried.toLocaleString('en')} targets are`} due now: \`catalog-sync sync\``;
}

/** Makes what could not be fetched due, or lists it. */
export async function retry(
  context: CliContext,
  { list, operation, id }: RetryFlags,
  self: Command,
): Promise<void> {
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
}
