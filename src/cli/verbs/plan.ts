import type { Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../context.ts';
import { adviseOnEstimate, assumedSentences, estimateVolumes, formatEstimate } from '../format-estimate.ts';
import { openSession } from '../session.ts';
import { safeJson } from '../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../terminal/wrap-text.ts';

/** `catalog-sync plan`: what catalog-sync.yaml will cost in calls, before there are credentials. */
export function registerPlan(program: Command, context: CliContext): void {
  const command = program
    .command('plan')
    .description('Estimate from catalog-sync.yaml how many calls each API needs. Asks nobody anything.')
    .option('--monthly', 'also a month, and the volumes to apply for')
    .action((flags: { readonly monthly?: true }, self: Command) => {
      const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
      const volumes = estimateVolumes(session.readSyncConfig());
      const advice = adviseOnEstimate(volumes);
      if (session.isJson) {
        session.print(safeJson({ volumes, assumptions: assumedSentences, advice }));
        return;
      }
      const width = wrapWidth(context.stdout.columns);
      session.print(formatEstimate(volumes, { isMonthly: flags.monthly ?? false, width }));
      if (advice !== null) session.talk(wrapText(advice, width));
    });
  addExamples(command, ['catalog-sync plan', 'catalog-sync plan --monthly', 'catalog-sync plan --json']);
}
