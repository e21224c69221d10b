import type { Session } from '../../app/session.ts';
import { safeJson, safeText } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import type { ContractReport } from '../../health/contract/check-contract.ts';
import type { Check } from '../../health/doctor/check.ts';
import { explainApiNames } from '../../health/doctor/explain-api-names.ts';
import { nextStep } from '../../health/doctor/run-doctor.ts';

const indent = 6;

/** The status in its own column; next to it the result and the remedy. */
function formatCheck({ status, name, message, advice }: Check, width: number): string {
  // Several findings of one check, such as the lines of a sync file, stay lines.
  const [first = '', ...more] = message.split('\n').map(safeText);
  const paragraphs = [`${name}: ${first}`, ...more, ...(advice === null ? [] : [`-> ${safeText(advice)}`])];
  const margin = ' '.repeat(indent);
  const text = paragraphs.map((line) => wrapText(margin + line, width, indent)).join('\n');
  return status.padEnd(indent) + text.slice(indent);
}

function formatApiNames(width: number): string {
  const lines = explainApiNames().flatMap(({ guideName, api, explanation }) => [
    wrapText(`  ${guideName} -> ${api}`, width, indent),
    wrapText(' '.repeat(indent) + explanation, width, indent),
  ]);
  return ['API names of the registration guide:', ...lines].join('\n');
}

/** Prints the checks, the API names and the next step; with `--json` one JSON document, with the contract if it was asked. */
export function printReport(
  session: Session,
  checks: readonly Check[],
  contract: ContractReport | null,
): void {
  if (session.isJson) {
    const shown = checks.map(({ name, status, message, advice }) => ({ name, status, message, advice }));
    const asked = contract === null ? {} : { contract };
    session.print(safeJson({ checks: shown, ...asked, apiNames: explainApiNames(), next: nextStep(checks) }));
    return;
  }
  const width = wrapWidth(session.context.stdout.columns);
  for (const check of checks) session.print(formatCheck(check, width));
  session.print(`\n${formatApiNames(width)}\n\n${wrapText(nextStep(checks), width)}`);
}
