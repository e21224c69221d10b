import { countOf } from '../../core/count-of.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../app/session.ts';
import { formatTable } from '../../terminal/format-table.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import type { ContractAnswer } from '../../health/contract/ask-contract.ts';
import { contractReportFile, type ContractReport } from '../../health/contract/check-contract.ts';

const table = (headers: readonly string[], rows: readonly (readonly string[])[]) =>
  formatTable(
    headers.map((header) => ({ header })),
    rows,
  );

function formatOutcome({ reason, findings }: ContractAnswer): string {
  const kept = findings.filter(({ isAsAssumed }) => isAsAssumed);
  return reason ?? `${String(kept.length)} of ${String(findings.length)} places as assumed`;
}

const otherFindings = ({ findings }: ContractAnswer) => findings.filter(({ isAsAssumed }) => !isAsAssumed);

/** Each question with what came; then every difference; then what the differences change. */
function formatContract(answers: readonly ContractAnswer[], width: number): string {
  const overview = answers.map((answer) => [answer.question, formatOutcome(answer)]);
  const differing = answers.filter((answer) => otherFindings(answer).length > 0);
  const differences = differing.flatMap((answer) =>
    otherFindings(answer).map(({ place, assumed, came, count }) => [
      ...[answer.question, place, assumed, `${came} (${String(count)})`],
    ]),
  );
  const changes = differing.map(({ question, assumes, changes: change }) =>
    wrapText(`${question}: ${change} docs/1688.md: "${assumes}".`, width, 2),
  );
  return [
    table(['question', 'what came'], overview),
    ...(differences.length === 0
      ? []
      : [table(['question', 'place', 'assumed', 'came (values)'], differences), changes.join('\n')]),
  ].join('\n\n');
}

/**
 * Prints what the questions of the contract brought, and writes it into the project folder, for its owner only.
 */
export function printContract(session: Session, projectDir: string, report: ContractReport): void {
  writeFileSync(join(projectDir, contractReportFile), `${JSON.stringify(report, null, 2)}\n`, {
    mode: 0o600,
  });
  if (session.isJson) return;
  const { answers, callsMade } = report;
  session.print(`${formatContract(answers, wrapWidth(session.context.stdout.columns))}\n`);
  session.print(`${countOf(callsMade, 'call')} made; written to ${contractReportFile}\n`);
}
