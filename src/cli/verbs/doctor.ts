import { Option, type Command } from 'commander';
import { addExamples } from '../add-examples.ts';
import type { CliContext } from '../../app/context.ts';
import { exitCodeOfChecks } from '../../health/doctor/check.ts';
import type { ContractReport } from '../../health/contract/check-contract.ts';
import { checkServices, type ServiceCheckOptions } from '../../app/doctor/check-services.ts';
import { printContract } from '../doctor/print-contract.ts';
import { printReport } from '../doctor/print-report.ts';
import { runDoctor } from '../../health/doctor/run-doctor.ts';
import { openSession, type GlobalFlags } from '../../app/session.ts';

interface DoctorFlags extends GlobalFlags {
  readonly offline?: true;
  readonly probe?: true;
  readonly contract?: true;
  readonly yes?: true;
}

async function doctor(self: Command, context: CliContext): Promise<void> {
  const flags = self.optsWithGlobals<DoctorFlags>();
  // Settings that can't be read are something to report here, not a reason to stop.
  const session = openSession(self, context, { logs: 'command', ignoresEnvironment: true });
  const reports: ContractReport[] = [];
  const options: ServiceCheckOptions = {
    mayCall: flags.offline ? 'no' : flags.yes ? 'yes' : 'ask',
    probes: flags.probe ?? false,
    onContract: flags.contract ? (report) => void reports.push(report) : null,
  };
  const checks = await runDoctor({
    projectDir: flags.project,
    env: context.env,
    checkServices: (config) => checkServices(session, config, options),
  });
  for (const report of reports) printContract(session, flags.project, report);
  printReport(session, checks, reports[0] ?? null);
  context.exitCode = exitCodeOfChecks(checks);
}

/** `catalog-sync doctor`: checks everything that a sync needs, and prints what to correct. */
export function registerDoctor(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('Check settings, sync file, database, token and gateway, and say what to do next.')
    .addOption(new Option('--offline', 'make no call to the gateway').conflicts(['yes', 'probe', 'contract']))
    .option('--probe', 'also call once each API whose permission is not known')
    .addOption(
      new Option(
        '--contract',
        'compare the form of answers with what is assumed of 1688, and write contract-report.json',
      ).conflicts('probe'),
    )
    .option('--yes', 'make the calls without asking: two, with --probe up to six, with --contract up to ten')
    .action((_flags: unknown, self: Command) => doctor(self, context));
  addExamples(command, [
    'catalog-sync doctor --offline',
    'catalog-sync doctor --probe',
    'catalog-sync doctor --contract',
    'catalog-sync doctor --yes --json',
    'catalog-sync doctor --project /srv/catalog',
  ]);
}
