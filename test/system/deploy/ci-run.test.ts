import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'ci-run-'));
  mkdirSync(join(home, 'bin'));
  cpSync(join(root, '.ci'), join(home, '.ci'), { recursive: true });
  cpSync(join(root, 'scripts'), join(home, 'scripts'), { recursive: true });
  script('redis-server', 'exit 0');
  // With a Docker engine that answers, none is started.
  for (const name of ['chromium', 'promtool', 'prometheus', 'pg_dump', 'docker']) script(name, 'exit 0');
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

function script(name: string, body: string): void {
  writeFileSync(join(home, 'bin', name), `#!/usr/bin/env bash\n${body}\n`);
  chmodSync(join(home, 'bin', name), 0o755);
}

const passing = {
  numPassedTests: 3,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
};

type Verbs = Record<string, { code: number; report?: object | string }>;

/** An `npm` that answers each verb with an exit code and, where given, the report vitest would have written. */
function npm(verbs: Verbs): void {
  const nothing = {
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
  };
  const answers: Verbs = {
    'run bench:planner': { code: 0 },
    'run test:system': { code: 0, report: nothing },
    'run test:compose': { code: 0, report: nothing },
    'run test:containers': { code: 0, report: nothing },
    ...verbs,
  };
  const cases = Object.entries(answers).map(([verb, { code, report }]) => {
    const text = typeof report === 'string' ? report : JSON.stringify(report);
    const write = report === undefined ? ':' : `printf '%s' '${text}' > "$out"`;
    return `"${verb}") ${write}; exit ${code} ;;`;
  });
  script(
    'npm',
    [
      'verb="$1 ${2:-}"; out=',
      'for arg in "$@"; do case $arg in --outputFile.json=*) out=${arg#*=} ;; esac; done',
      'case "${verb% }" in',
      ...cases,
      '*) echo "unexpected: $*" >&2; exit 99 ;;',
      'esac',
    ].join('\n'),
  );
}

function runWithOutput(...scripts: readonly string[]) {
  const { stdout, stderr, status } = spawnSync(join(home, '.ci/run'), scripts, {
    encoding: 'utf8',
    env: { PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}` },
  });
  return { output: stdout, errors: stderr, lastLine: stdout.trimEnd().split('\n').at(-1), code: status };
}

function run(): { lastLine: string | undefined; code: number | null } {
  const { lastLine, code } = runWithOutput();
  return { lastLine, code };
}

describe('.ci/run', () => {
  test('adds up all suites in its last line', () => {
    npm({
      ci: { code: 0 },
      'run check': { code: 0, report: passing },
      'run test:system': { code: 0, report: { ...passing, numPassedTests: 20 } },
      'run test:pg15': { code: 0, report: { ...passing, numPassedTests: 4 } },
    });
    expect(run()).toEqual({ lastLine: '27 passed, 0 failed', code: 0 });
  });

  test('counts container tests without a Docker engine as failed, for they would be skipped', () => {
    npm({ ci: { code: 0 } });
    writeFileSync(join(home, '.ci/containers/start'), 'exit 1');
    const { lastLine, code, errors } = runWithOutput('test:compose', 'test:containers');
    expect({ lastLine, code }).toEqual({ lastLine: '0 passed, 2 failed', code: 1 });
    expect(errors).toContain('.ci/containers/start failed');
  });

  test('gives container tests what the start of the engine says of it', () => {
    npm({ ci: { code: 0 }, 'run test:compose': { code: 0, report: passing } });
    writeFileSync(join(home, '.ci/containers/start'), 'echo "export DOCKER_HOST=unix:///there"');
    const original = readFileSync(join(home, 'bin/npm'), 'utf8');
    script('npm', `echo "npm sees \${DOCKER_HOST-}"\n${original}`);
    const { output, lastLine } = runWithOutput('test:compose');
    expect(output).toContain('npm sees unix:///there');
    expect(lastLine).toBe('3 passed, 0 failed');
  });

  test('runs only the scripts that are named', () => {
    npm({ ci: { code: 0 }, 'run test:pg18': { code: 0, report: passing } });
    const { errors, lastLine } = runWithOutput('test:pg18');
    expect({ errors, lastLine }).toEqual({ errors: '', lastLine: '3 passed, 0 failed' });
  });

  test('counts a missed bar of the planner as one failure', () => {
    npm({
      ci: { code: 0 },
      'run check': { code: 0, report: passing },
      'run test:pg15': { code: 0, report: passing },
      'run bench:planner': { code: 1 },
    });
    expect(run()).toEqual({ lastLine: '6 passed, 1 failed', code: 1 });
  });

  test('counts a failed test once, not again for the step it failed', () => {
    npm({
      ci: { code: 0 },
      'run check': { code: 1, report: { ...passing, numFailedTests: 2 } },
      'run test:pg15': { code: 0, report: passing },
    });
    expect(run()).toEqual({ lastLine: '6 passed, 2 failed', code: 1 });
  });

  test('fails by a test that failed, names it with its cause, and runs nothing a second time', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'fact 0' },
      { status: 'failed', fullName: 'fact 1', failureMessages: ['Error: one\n    at a.ts:1:1'] },
    ];
    const testResults = [{ name: join(home, 'test/a.test.ts'), status: 'failed', assertionResults }];
    npm({
      ci: { code: 0 },
      'run check': { code: 1, report: { ...passing, numPassedTests: 1, numFailedTests: 1, testResults } },
      'run test:pg15': { code: 0, report: passing },
    });
    const { output, errors, ...rest } = runWithOutput();
    expect(rest).toEqual({ lastLine: '4 passed, 1 failed', code: 1 });
    expect(output).toContain('\nfailed: test/a.test.ts: fact 1\n  Error: one\n      at a.ts:1:1\n');
    // The made-up npm complains of every verb that is not among those of above.
    expect(errors).not.toContain('unexpected');
  });

  test('counts what was skipped in the line before the last, and names the file', () => {
    const assertionResults = ['passed', 'skipped', 'pending', 'todo'].map((status) => ({ status }));
    const testResults = [{ name: join(home, 'test/b.test.ts'), status: 'passed', assertionResults }];
    npm({
      ci: { code: 0 },
      'run check': { code: 0, report: { ...passing, numPendingTests: 2, numTodoTests: 1, testResults } },
      'run test:pg15': { code: 0, report: { ...passing, numPendingTests: 4 } },
    });
    const { output, lastLine, code } = runWithOutput();
    expect({ lastLine, code }).toEqual({ lastLine: '6 passed, 0 failed', code: 0 });
    expect(output.trimEnd().split('\n').slice(-3)).toEqual([
      'skipped: test/b.test.ts: 3',
      '7 skipped',
      '6 passed, 0 failed',
    ]);
  });

  test('tells the tests that they run in CI, where a missing program is a failure', () => {
    npm({ ci: { code: 0 }, 'run check': { code: 0, report: passing } });
    script('npm', 'echo "CI is $CI"');
    expect(runWithOutput().output).toMatch(/== npm run check\nCI is true\n/);
  });

  test('counts a check that failed before any test, and still runs the second suite', () => {
    npm({ ci: { code: 0 }, 'run check': { code: 1 }, 'run test:pg15': { code: 0, report: passing } });
    expect(run()).toEqual({ lastLine: '3 passed, 1 failed', code: 1 });
  });

  test('counts a run that failed although each of its tests passed', () => {
    npm({
      ci: { code: 0 },
      'run check': { code: 1, report: passing },
      'run test:pg15': { code: 0, report: passing },
    });
    expect(run()).toEqual({ lastLine: '6 passed, 1 failed', code: 1 });
  });

  test('counts a test file that did not load', () => {
    const testResults = [{ name: join(home, 'test/c.test.ts'), status: 'failed', assertionResults: [] }];
    npm({
      ci: { code: 0 },
      'run check': { code: 1, report: { ...passing, testResults } },
      'run test:pg15': { code: 0, report: passing },
    });
    expect(run()).toEqual({ lastLine: '6 passed, 1 failed', code: 1 });
  });

  test('fails when a suite wrote no report, or half a report', () => {
    npm({ ci: { code: 0 }, 'run check': { code: 0 }, 'run test:pg15': { code: 0, report: '{"num' } });
    expect(run()).toEqual({ lastLine: '0 passed, 2 failed', code: 1 });
  });

  test('says so when nothing could be installed', () => {
    npm({ ci: { code: 1 } });
    expect(run()).toEqual({ lastLine: '0 passed, 1 failed', code: 1 });
  });
});

test('npm run check ends with npm test, once, and hands its arguments on', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['check']?.match(/npm test/g)).toHaveLength(1);
  writeFileSync(
    join(home, 'package.json'),
    JSON.stringify({
      scripts: { check: `npm test${scripts['check']?.split('npm test')[1] ?? ''}`, test: 'echo got:' },
    }),
  );
  const output = execFileSync('npm', ['run', 'check', '--', '--reporter=json'], {
    cwd: home,
    encoding: 'utf8',
  });
  expect(output).toContain('got: --reporter=json');
});
