import type { Command } from 'commander';
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
  readonly all?: true;
}

/** Checks everything, and prints what to correct. */
export async function doctor(context: CliContext, _flags: unknown, self: Command): Promise<void> {
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
  printReport(session, checks, reports[0] ?? null, flags.all ?? false);
  context.exitCode = exitCodeOfChecks(checks);
}
