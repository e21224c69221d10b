import type { Source } from '../../model/run.ts';
import { deviates, failed, ok, warn, type Check } from '../doctor/check.ts';
import type { ContractAnswer, ContractResult } from './ask-contract.ts';

/** The check that stands for all questions. */
export const contractName = 'contract';

/** In the project folder. */
export const contractReportFile = 'contract-report.json';

/** What `doctor --contract` writes. */
export interface ContractReport {
  /** ISO 8601. */
  readonly askedAt: string;
  readonly source: Source;
  readonly callsMade: number;
  readonly answers: readonly ContractAnswer[];
}

/** The result in one line: whether 1688 answers as assumed, and what was not asked. */
export function checkContract({ answers, halted }: ContractResult): Check {
  if (halted !== null) return failed(contractName, halted);
  const findings = answers.flatMap((answer) => answer.findings);
  const kept = findings.filter(({ isAsAssumed }) => isAsAssumed);
  const compared = answers.filter(({ reason }) => reason === null);
  const counts = `${String(compared.length)} of ${String(answers.length)} questions compared, ${String(kept.length)} of ${String(findings.length)} places as assumed`;
  if (kept.length < findings.length) {
    return deviates(
      contractName,
      counts,
      `Report ${contractReportFile}: no id, text or secret is in it. Its \`changes\` say what the differences mean.`,
    );
  }
  if (compared.length === answers.length) return ok(contractName, counts);
  const reasons = new Set(answers.flatMap(({ reason }) => reason ?? []));
  return warn(
    contractName,
    `${counts}; the others: ${[...reasons].join('; ')}`,
    'Run it again when the reason is gone: it asks all questions again.',
  );
}
