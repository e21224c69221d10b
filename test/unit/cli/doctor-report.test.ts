import { describe, expect, test } from 'vitest';
import { printReport } from '../../../src/cli/doctor/print-report.ts';
import { misconfigured, ok, skip, warn, type Check } from '../../../src/health/doctor/check.ts';
import { createWorld } from '../../support/in-process.ts';

const checks = [
  ok('settings', 'ALIBABA_APP_KEY is set'),
  ok('sync file', '2 feeds'),
  warn('git', '.env.local is not ignored by git', 'add it to .gitignore'),
  misconfigured('token', 'there is none', 'run catalog-sync auth'),
  skip('redis', 'not asked'),
];

interface Shown {
  readonly isTerminal?: boolean;
  readonly showsAll?: boolean;
  readonly isJson?: boolean;
  readonly env?: Record<string, string>;
}

/** What is printed above the API names. */
function report(
  shown: readonly Check[],
  { isTerminal = true, showsAll = false, isJson = false, env }: Shown,
) {
  const { context, stdout } = createWorld({ env: env ?? { NO_COLOR: '1' } });
  const session = {
    context: { ...context, isTty: { ...context.isTty, stdout: isTerminal } },
    isJson,
    print: (line: string) => void stdout.write(`${line}\n`),
  };
  printReport(session, shown, null, showsAll);
  return stdout.text.split('\n\nAPI names')[0] ?? '';
}

const others = `warn  git: .env.local is not ignored by git
      -> add it to .gitignore
fail  token: there is none
      -> run catalog-sync auth
skip  redis: not asked`;
const fine = 'ok    settings: ALIBABA_APP_KEY is set\nok    sync file: 2 feeds\n';

describe('checks that are fine', () => {
  test('are one line on a terminal, and the others stay whole', () => {
    expect(report(checks, {})).toBe(`ok    2 checks are fine (--all shows them)\n${others}`);
    expect(report(checks.slice(1), {})).toBe(`ok    1 check is fine (--all shows it)\n${others}`);
    expect(report(checks.slice(2), {})).toBe(others);
  });

  test('are shown on request, and where there is no terminal', () => {
    expect(report(checks, { showsAll: true })).toBe(fine + others);
    expect(report(checks, { isTerminal: false, env: {} })).toBe(fine + others);
  });

  test('are in the JSON', () => {
    const { checks: printed } = JSON.parse(report(checks, { isJson: true })) as { checks: Check[] };
    expect(printed.map(({ status }) => status)).toEqual(['ok', 'ok', 'warn', 'fail', 'skip']);
  });
});

test('the status of a check has its colour on a terminal', () => {
  const shown = report(checks, { env: {} });
  for (const word of [
    '\u001b[32mok\u001b[39m    2',
    '\u001b[33mwarn\u001b[39m  git',
    '\u001b[31mfail\u001b[39m  token',
    '\nskip  redis',
  ])
    expect(shown).toContain(word);
});
