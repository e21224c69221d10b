import type { Command } from 'commander';
import { exitCodes } from '../../core/exit-codes.ts';
import { openWatchLists } from '../../config/watch-lists.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { CliContext } from '../../app/context.ts';
import { adviseOnEstimate, assumedSentences, estimateVolumes, formatEstimate } from '../format-estimate.ts';
import { formatForecast } from '../plan/format-forecast.ts';
import { planAsJson } from '../plan/plan-as-json.ts';
import { callsDue, readPlan } from '../plan/read-plan.ts';
import { requireFeeds } from '../run-scope.ts';
import { openSession, type Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';

interface PlanFlags {
  readonly feed?: string;
  readonly budget?: number;
  readonly monthly?: true;
  readonly yes?: true;
}

/** For the permission forms, when nothing is known yet: from the sync file alone, and deliberately high. */
function showVolumes(session: Session, sync: SyncConfig): void {
  const volumes = estimateVolumes(sync);
  const advice = adviseOnEstimate(volumes);
  if (session.isJson) {
    session.print(safeJson({ volumes, assumptions: assumedSentences, advice }));
    return;
  }
  const width = wrapWidth(session.context.stdout.columns);
  session.print(formatEstimate(volumes, width));
  if (advice !== null) session.talk(wrapText(advice, width));
}

async function showForecast(session: Session, sync: SyncConfig, flags: PlanFlags): Promise<void> {
  const { feed, budget = null } = flags;
  if (feed !== undefined) requireFeeds(sync, [feed]);
  const feedNames = feed === undefined ? sync.feeds.map(({ name }) => name) : [feed];
  const plan = await readPlan(session, sync, { feedNames, budgetCalls: budget });
  const { context } = session;
  if (session.isJson) session.print(safeJson(planAsJson(plan)));
  else session.print(formatForecast(plan, wrapWidth(context.stdout.columns)));
  const due = callsDue(plan.forecast);
  if (budget === null || due <= budget) return;
  session.talk(
    `over the budget: ${due.toLocaleString('en')} calls are due, ${budget.toLocaleString('en')} may be made`,
  );
  if (!flags.yes) context.exitCode = exitCodes.stoppedAtQuota;
}

/** Shows what the sync file will cost in calls. */
export async function showPlan(context: CliContext, flags: PlanFlags, self: Command): Promise<void> {
  const isForForms = flags.monthly ?? false;
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: isForForms });
  const file = session.readSyncConfig();
  const addTo = await openWatchLists(session.config.projectDir, file.feeds, session.log);
  const sync = { ...file, feeds: await addTo(file.feeds) };
  if (isForForms) showVolumes(session, sync);
  else await showForecast(session, sync, flags);
}
