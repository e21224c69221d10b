import type { Command } from 'commander';
import { exitCodes } from '../../core/exit-codes.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import type { CliContext } from '../../app/context.ts';
import { adviseOnEstimate, assumedSentences, estimateVolumes, formatEstimate } from '../format-estimate.ts';
import { formatForecast } from '../plan/format-forecast.ts';
import { formatWhatIf, planScenarios } from '../plan/format-what-if.ts';
import { planAsJson, scenariosAsJson } from '../plan/plan-as-json.ts';
import { callsDue, readPlan, type Plan } from '../plan/read-plan.ts';
import type { WhatIf } from '../parse-what-if.ts';
import { readWatchedSync } from '../read-watched-sync.ts';
import { refuseUnknownFeeds } from '../refuse-unknown-feeds.ts';
import { openSession, type Session } from '../../app/session.ts';
import { safeJson } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';

interface PlanFlags {
  readonly feed?: string;
  readonly budget?: number;
  readonly monthly?: true;
  readonly yes?: true;
  readonly whatIf?: WhatIf;
  readonly days?: number;
}

/** Long enough for other limits to show, and as long as rates that were learned hold. */
const defaultDays = 10;

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

function printPlan(session: Session, plan: Plan, { whatIf: limits, days = defaultDays }: PlanFlags): void {
  const width = wrapWidth(session.context.stdout.columns);
  const question = limits === undefined ? null : { limits, days };
  if (!session.isJson)
    session.print(question === null ? formatForecast(plan, width) : formatWhatIf(plan, question, width));
  else if (question === null) session.print(safeJson(planAsJson(plan)));
  else {
    const whatIf = scenariosAsJson(planScenarios(plan, question));
    session.print(safeJson({ ...planAsJson(plan), daysAhead: days, whatIf }));
  }
}

async function showForecast(session: Session, sync: SyncConfig, flags: PlanFlags): Promise<void> {
  const { feed, budget = null } = flags;
  const feedNames = feed === undefined ? sync.feeds.map(({ name }) => name) : [feed];
  const plan = await readPlan(session, sync, { feedNames, budgetCalls: budget });
  const { context } = session;
  printPlan(session, plan, flags);
  // Nothing but another sync file, or more calls, make it hold.
  if (plan.broken.length > 0) context.exitCode = exitCodes.configuration;
  const due = callsDue(plan.forecast);
  if (budget === null || due <= budget) return;
  session.talk(
    `over the budget: ${due.toLocaleString('en')} calls are due, ${budget.toLocaleString('en')} may be made`,
  );
  if (!flags.yes && plan.broken.length === 0) context.exitCode = exitCodes.stoppedAtQuota;
}

/** Shows what the sync file will cost in calls. */
export async function showPlan(context: CliContext, flags: PlanFlags, self: Command): Promise<void> {
  const isForForms = flags.monthly ?? false;
  if (flags.days !== undefined && flags.whatIf === undefined)
    self.error("error: option '--days' needs '--what-if'");
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: isForForms });
  const sync = await readWatchedSync(session);
  if (flags.feed !== undefined) refuseUnknownFeeds(sync, [flags.feed], self);
  if (isForForms) showVolumes(session, sync);
  else await showForecast(session, sync, flags);
}
