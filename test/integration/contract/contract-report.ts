import { formatTable } from '../../../src/terminal/format-table.ts';
import type { ContractResult, Finding } from './check-gateway.ts';

function tableOf(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  return formatTable(
    headers.map((header) => ({ header })),
    rows,
  );
}

/** How far one gateway keeps the contract: a line of counts, what was left out and why, and each breach. */
export function reportResult(name: string, { findings, omitted, callsMade }: ContractResult): string {
  const broken = findings.filter(({ holds }) => !holds);
  const kept = findings.length - broken.length;
  const lines = [
    `${name}: ${callsMade} calls, ${kept} of ${findings.length} assertions hold`,
    ...omitted.map(({ call, reason }) => `  not compared: ${call} (${reason})`),
  ];
  if (broken.length > 0) {
    const rows = broken.map(({ call, path, expected, found }) => [call, path, expected, found]);
    lines.push(tableOf(['call', 'place', 'expected', 'found'], rows));
  }
  return lines.join('\n');
}

/** Where live and sandbox gave something else, also when both are allowed. */
export function reportDifferences(sandbox: readonly Finding[], live: readonly Finding[]): string {
  const key = ({ call, path }: Finding) => `${call}\n${path}`;
  const ofSandbox = new Map(sandbox.map((finding) => [key(finding), finding.found]));
  const rows = live.flatMap((finding) => {
    const found = ofSandbox.get(key(finding)) ?? '-';
    return found === finding.found ? [] : [[finding.call, finding.path, found, finding.found]];
  });
  return rows.length === 0
    ? 'sandbox and live do not differ'
    : tableOf(['call', 'place', 'sandbox', 'live'], rows);
}
