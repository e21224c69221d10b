import type { Command } from 'commander';
import { cliErrors } from '../../app/errors.ts';
import { openSession } from '../../app/session.ts';
import type { CliContext } from '../../app/context.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';
import { AppError } from '../../core/errors.ts';
import type { GivenUpChoice } from '../../model/given-up.ts';
import { listGivenUp } from '../../health/list-given-up.ts';
import { retryGivenUp } from '../../refresh/queue/retry-given-up.ts';
import { zoneNote } from '../../core/format-time.ts';
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

/** @throws AppError TARGET_NOT_WAITING when one was named, and is none of the `found` */
function refuseUnknown({ operation, id }: GivenUpChoice, found: number): void {
  if (id === null || found > 0) return;
  const message = `no target of ${operation ?? ''} with the id ${id} waits for a later try`;
  throw new AppError(cliErrors.TARGET_NOT_WAITING, message, { facts: { operation, id } });
}

/** Makes what could not be fetched due, or lists it. */
export async function retry(
  context: CliContext,
  { list, operation, id }: RetryFlags,
  self: Command,
): Promise<void> {
  if (id !== undefined && operation === undefined) self.error('error: --id needs --operation');
  const choice = { operation: operation ?? null, id: id ?? null };
  const session = openSession(self, context, { logs: 'command' });
  await withExistingPool(session, 1, async (pool) => {
    if (list) {
      const rows = await listGivenUp(pool, listed, choice);
      refuseUnknown(choice, rows.length);
      const table = rows.length === 0 ? nothing : `${formatGivenUp(rows)}\n\n${zoneNote}`;
      session.print(session.isJson ? safeJson(rows) : table);
      return;
    }
    const retried = await retryGivenUp(pool, choice);
    refuseUnknown(choice, retried);
    if (session.isJson) session.print(safeJson({ retried }));
    else session.talk(retried === 0 ? nothing : describe(retried));
  });
}
