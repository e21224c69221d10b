import type { Command } from 'commander';
import { exitCodes } from '../../core/exit-codes.ts';
import type { SyncConfig } from '../../model/sync-config.ts';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { adviseOnEstimate, assumedSentences, estimateVolumes, formatEstimate } from '../format-estimate.ts';
import { parseCalls } from '../parse-count.ts';
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

/** `catalog-sync plan`: what catalog-sync.yaml will cost in calls, before any is made. */
export function registerPlan(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .description(
      'Estimate calls, duration and data age from catalog-sync.yaml and the database. Makes no call.',
    )
    .option('--feed <name>', 'only this feed of catalog-sync.yaml')
    .option('--budget <calls>', 'exit 5 when more calls are due for the next run', parseCalls)
    .option('--yes', 'exit 0 even when more calls are due than the budget allows')
    .option('--monthly', 'show the call volumes to apply for; uses only catalog-sync.yaml')
    .action(async (flags: PlanFlags, self: Command) => {
      const isForForms = flags.monthly ?? false;
      const session = openSession(self, context, { logs: 'command', ignoresEnvironment: isForForms });
      const sync = session.readSyncConfig();
      if (isForForms) showVolumes(session, sync);
      else await showForecast(session, sync, flags);
    });
  addExamples(command, [
    'catalog-sync plan',
    'catalog-sync plan --feed shoes --budget 200',
    'catalog-sync plan --monthly',
    'catalog-sync plan --json',
  ]);
}
