import type { Command } from 'commander';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { CliContext } from '../../app/context.ts';
import { scopeOf } from '../../runs/scope-of.ts';
import { refuseUnknownFeeds } from '../refuse-unknown-feeds.ts';
import { msLeft, runScope } from '../run-scope.ts';
import { withPings } from '../../app/heartbeat.ts';
import { openSession } from '../../app/session.ts';

interface SyncFlags {
  readonly feed?: string;
  readonly budget?: number;
  readonly deadline?: number;
  readonly strictExit?: true;
  readonly yes?: true;
}

function chooseFeeds(sync: SyncConfig, feed: string | undefined): { scope: string; feedNames: string[] } {
  const all = sync.feeds.map(({ name }) => name);
  const feedNames = feed === undefined ? all : [feed];
  return { scope: scopeOf(feedNames, all), feedNames };
}

/** One run, in this process, to its end. */
export async function syncNow(context: CliContext, flags: SyncFlags, self: Command): Promise<void> {
  const session = openSession(self, context, { logs: 'command' });
  const deadlineMs = flags.deadline ?? null;
  const msToDeadline = deadlineMs === null ? null : msLeft(context, deadlineMs);
  context.exitCode = await withPings(session, msToDeadline, async () => {
    const sync = session.readSyncConfig();
    if (flags.feed !== undefined) refuseUnknownFeeds(sync, [flags.feed], self);
    const chosen = { ...chooseFeeds(sync, flags.feed), trigger: 'cli', budgetCalls: flags.budget ?? null };
    // That of the run counts from now, by the clock of the ledger: other processes keep it, too.
    const leftMs = () => (deadlineMs === null ? null : Math.max(0, msLeft(context, deadlineMs)));
    return runScope(
      session,
      sync,
      async () => ({ ...chosen, deadlineMs: leftMs() }),
      // A budget is a confirmation already.
      {
        isStrict: flags.strictExit ?? false,
        mayAsk: flags.yes !== true && flags.budget === undefined,
        deadlineMs,
      },
    );
  });
}
