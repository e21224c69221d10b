import type { Session } from '../session.ts';
import { safeJson, safeLines } from '../terminal/safe-text.ts';
import type { Check } from './check.ts';
import { explainApiNames } from './explain-api-names.ts';
import { nextStep } from './run-doctor.ts';

function formatCheck({ status, name, message, advice }: Check): string {
  const lines = [`${status.padEnd(4)}  ${name}: ${message}`];
  if (advice !== null) lines.push(`      -> ${advice}`);
  return safeLines(lines.join('\n'));
}

function formatApiNames(): string {
  const lines = explainApiNames().map(
    ({ guideName, api, explanation }) => `  ${guideName} -> ${api}\n      ${explanation}`,
  );
  return ['API names of the registration guide:', ...lines].join('\n');
}

/** Prints the checks, the API names and the next step; one JSON document with `--json`. */
export function printReport(session: Session, checks: readonly Check[]): void {
  if (session.isJson) {
    const shown = checks.map(({ name, status, message, advice }) => ({ name, status, message, advice }));
    session.print(safeJson({ checks: shown, apiNames: explainApiNames(), next: nextStep(checks) }));
    return;
  }
  for (const check of checks) session.print(formatCheck(check));
  session.print(`\n${formatApiNames()}\n\n${nextStep(checks)}`);
}
