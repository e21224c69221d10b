import type { Session } from '../../app/session.ts';
import { createPaint, type Paint } from '../../terminal/paint.ts';
import { safeJson, safeText } from '../../terminal/safe-text.ts';
import { wrapText, wrapWidth } from '../../terminal/wrap-text.ts';
import type { ContractReport } from '../../health/contract/check-contract.ts';
import type { Check } from '../../health/doctor/check.ts';
import { explainApiNames } from '../../health/doctor/explain-api-names.ts';
import { nextStep } from '../../health/doctor/run-doctor.ts';

const indent = 6;

/** The status in its own column; next to it the result and the remedy. */
function formatCheck({ status, name, message, advice }: Check, width: number, paint: Paint): string {
  // Several findings of one check, such as the lines of a sync file, stay lines.
  const [first = '', ...more] = message.split('\n').map(safeText);
  const paragraphs = [`${name}: ${first}`, ...more, ...(advice === null ? [] : [`-> ${safeText(advice)}`])];
  const margin = ' '.repeat(indent);
  const text = paragraphs.map((line) => wrapText(margin + line, width, indent)).join('\n');
  const pad = ' '.repeat(indent - status.length);
  return paint(status === 'skip' ? null : status, status) + pad + text.slice(indent);
}

function formatApiNames(width: number): string {
  const lines = explainApiNames().flatMap(({ guideName, api, explanation }) => [
    wrapText(`  ${guideName} -> ${api}`, width, indent),
    wrapText(' '.repeat(indent) + explanation, width, indent),
  ]);
  return ['API names of the registration guide:', ...lines].join('\n');
}

/** The checks that need a look, after a line that counts the others. */
function foldFine(checks: readonly Check[], paint: Paint): { line: string[]; shown: Check[] } {
  const shown = checks.filter(({ status }) => status !== 'ok');
  const count = checks.length - shown.length;
  if (count === 0) return { line: [], shown };
  const text = count === 1 ? '1 check is fine' : `${String(count)} checks are fine`;
  return { line: [`${paint('ok', 'ok')}    ${text} (--all shows ${count === 1 ? 'it' : 'them'})`], shown };
}

/**
 * Prints the checks, the API names and the next step; with `--json` one JSON document, with the contract if it was asked. A
 * terminal shows the checks that are fine only if `showsAll`.
 */
export function printReport(
  session: Pick<Session, 'context' | 'isJson' | 'print'>,
  checks: readonly Check[],
  contract: ContractReport | null,
  showsAll: boolean,
): void {
  if (session.isJson) {
    const shown = checks.map(({ name, status, message, advice }) => ({ name, status, message, advice }));
    const asked = contract === null ? {} : { contract };
    session.print(safeJson({ checks: shown, ...asked, apiNames: explainApiNames(), next: nextStep(checks) }));
    return;
  }
  const width = wrapWidth(session.context.stdout.columns);
  const paint = createPaint(session.context);
  const isFolded = session.context.isTty.stdout && !showsAll;
  const { line, shown } = isFolded ? foldFine(checks, paint) : { line: [], shown: checks };
  for (const text of [...line, ...shown.map((check) => formatCheck(check, width, paint))])
    session.print(text);
  session.print(`\n${formatApiNames(width)}\n\n${wrapText(nextStep(checks), width)}`);
}
