import type { Command } from 'commander';
import { createQuarantineStore } from '../../health/quarantine-store.ts';
import type { CliContext } from '../../app/context.ts';
import { formatGroups, formatQuarantined } from '../quarantine/format-quarantine.ts';
import { readQuarantined } from '../quarantine/read-quarantine.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { withExistingPool } from '../../app/with-existing-pool.ts';

interface ListFlags {
  readonly operation?: string;
  readonly reason?: string;
  readonly limit: number;
}

/** Counts the values that could not be read. */
export async function listQuarantine(
  context: CliContext,
  { operation, reason, limit }: ListFlags,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const filter = { operation: operation ?? null, reason: reason ?? null, limit };
  const groups = await withExistingPool(session, 1, (pool) =>
    createQuarantineStore({ pool }).listGroups(filter),
  );
  session.print(
    session.isJson ? safeJson(groups) : formatGroups(groups, (operation ?? reason) !== undefined),
  );
}

/** Shows one value that could not be read. */
export async function showQuarantined(
  context: CliContext,
  id: string,
  _flags: unknown,
  self: Command,
): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const value = await withExistingPool(session, 1, (pool) => readQuarantined(pool, id));
  session.print(session.isJson ? safeJson(value) : formatQuarantined(value));
}
