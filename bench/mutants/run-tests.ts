import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Project } from './test-map.ts';

export interface TestResult {
  /** Why it failed: the name of the first test, its file, or that time was up. Null: everything passed. */
  readonly failure: string | null;
  /** Of each file that ran to its end. */
  readonly files: readonly { readonly file: string; readonly isPassed: boolean; readonly ms: number }[];
  /** From the start of vitest to that of the first test file, with the servers and templates in between. */
  readonly startMs: number;
}

interface JsonReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface TestRun {
  /** The working copy. */
  readonly root: string;
  readonly project: Project;
  /** In the order in which they are to run. */
  readonly files: readonly string[];
  readonly timeoutMs: number;
  /** Also the tests after one that fails, but for those of a file that has taken this long. */
  readonly maxFileMs?: number;
}

function readReport(root: string, file: string, startedAt: number): TestResult {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as JsonReport;
  const failed = testResults.find(({ status }) => status === 'failed');
  const test = failed?.assertionResults.find(({ status }) => status === 'failed');
  const name = failed && relative(root, failed.name);
  return {
    failure: failed ? `${name}: ${test?.fullName ?? failed.message.split('\n')[0] ?? ''}` : null,
    files: testResults.map(({ name, status, startTime, endTime }) => ({
      file: relative(root, name),
      isPassed: status !== 'failed',
      ms: endTime - startTime,
    })),
    startMs: Math.min(...testResults.map(({ startTime }) => startTime)) - startedAt,
  };
}

const running = new Set<number>();

/** Ends the tests that run now. */
export const endTests = (): void => {
  for (const pid of running) endGroup(pid);
};

/** Ends the process with everything that it started. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/**
 * Runs some test files of one project in the working copy, as `vitest` would. One that ends without a report has failed: with a
 * promise that never resolves, Node has nothing left to do.
 *
 * @throws Error somebody else ended vitest, for want of memory for example
 */
export async function runTests({ root, project, files, timeoutMs, maxFileMs }: TestRun): Promise<TestResult> {
  if (files.length === 0) return { failure: null, files: [], startMs: 0 };
  const scratch = join(root, '.catalog-sync', 'tmp');
  const report = join(root, '.catalog-sync', 'report.json');
  mkdirSync(scratch, { recursive: true });
  rmSync(report, { force: true });
  const flags = [
    '--config',
    'bench/mutants/vitest.config.ts',
    '--project',
    project,
    // As many mutants are judged at once as there are processors.
    ...(maxFileMs === undefined ? ['--maxWorkers', '1'] : ['--bail', '0']),
  ];
  const output = ['--reporter', 'json', '--outputFile', report];
  const startedAt = Date.now();
  const child = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', ...flags, ...output, ...files],
    {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...{ ...process.env, TMPDIR: scratch, TEST_SEED: '1', MUTANT_TESTS: files.join(',') },
        ...(maxFileMs === undefined ? {} : { MUTANT_FILE_MS: String(maxFileMs) }),
      },
    },
  );
  const { pid } = child;
  if (pid === undefined) throw new Error('vitest could not be started');
  running.add(pid);
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = `${said}${data.toString()}`.slice(-4000)));
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    endGroup(pid);
  }, timeoutMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  endGroup(pid);
  running.delete(pid);
  if (late.signal.aborted) return { failure: 'time was up', files: [], startMs: timeoutMs };
  if (code === null) throw new Error(`vitest was killed: ${said}`);
  if (!existsSync(report)) return { failure: `no report, exit code ${code}: ${said}`, files: [], startMs: 0 };
  const result = readReport(root, report, startedAt);
  if (code === 0 || result.failure !== null) return result;
  return { ...result, failure: 'an error outside of the tests' };
}
