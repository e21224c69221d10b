import type { Command } from 'commander';
import type { ReprocessedOperation } from '../../model/reprocess.ts';
import type { CliContext } from '../../app/context.ts';
import { conclusionOf, formatReprocess } from '../reprocess/format-reprocess.ts';
import { runReprocess } from '../reprocess/run-reprocess.ts';
import { openSession } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';

interface ReprocessFlags {
  readonly operation?: ReprocessedOperation;
  readonly offer?: string;
  readonly since?: Date;
  readonly onlyQuarantined?: true;
  readonly olderThanVersion?: number;
  readonly yes?: true;
}

function selectionOf(flags: ReprocessFlags) {
  return {
    operation: flags.operation ?? null,
    offerId: flags.offer ?? null,
    since: flags.since?.toISOString() ?? null,
    isQuarantined: flags.onlyQuarantined ?? false,
    olderThanVersion: flags.olderThanVersion ?? null,
  };
}

/** Reads stored answers again; with --yes, applies the changes. */
export async function reprocess(context: CliContext, flags: ReprocessFlags, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const report = await runReprocess(session, selectionOf(flags), flags.yes ?? false);
  session.print(session.isJson ? safeJson(report) : formatReprocess(report));
  session.talk(conclusionOf(report));
}
