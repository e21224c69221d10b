import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { exitCodeOfChecks } from '../../health/doctor/check.ts';
import { checkServices } from '../../app/doctor/check-services.ts';
import { printReport } from '../doctor/print-report.ts';
import { runDoctor } from '../../health/doctor/run-doctor.ts';
import { openSession, type GlobalFlags } from '../../app/session.ts';

interface DoctorFlags extends GlobalFlags {
  readonly offline?: true;
  readonly probe?: true;
  readonly yes?: true;
}

/** `catalog-sync doctor`: checks everything that a sync needs, and prints what to correct. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('Check settings, sync file, database, token and gateway, and say what to do next.')
    .addOption(new Option('--offline', 'make no call to the gateway').conflicts(['yes', 'probe']))
    .option('--probe', 'also call once each API whose permission is not known')
    .option('--yes', 'make the calls without asking: two, and with --probe up to six')
    .action(async (_flags: unknown, self: Command) => {
      const flags = self.optsWithGlobals<DoctorFlags>();
      // Settings that can't be read are something to report here, not a reason to stop.
      const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
      const mayCall = flags.offline ? 'no' : flags.yes ? 'yes' : 'ask';
      const checks = await runDoctor({
        projectDir: flags.project,
        env: context.env,
        checkServices: (config) => checkServices(session, config, { mayCall, probes: flags.probe ?? false }),
      });
      printReport(session, checks);
      context.exitCode = exitCodeOfChecks(checks);
    });
  addExamples(command, [
    'catalog-sync doctor --offline',
    'catalog-sync doctor --probe',
    'catalog-sync doctor --yes --json',
    'catalog-sync doctor --project /srv/catalog',
  ]);
}
