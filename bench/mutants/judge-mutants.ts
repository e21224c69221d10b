import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isEquivalent, type Equivalent } from './equivalents.ts';
import type { MutantCheck } from './check-mutant.ts';
import type { Mutant } from './mutant.ts';
import { runTests } from './run-tests.ts';
import { projects, type NearTest, type Project, type TestMap } from './test-map.ts';
import type { WorkingCopy } from './working-copy.ts';

export interface Verdict {
  readonly mutant: Mutant;
  readonly outcome: 'caught' | 'survived' | 'equivalent';
  /** The test that caught it; for a survivor, how many test files passed. */
  readonly by: string;
  readonly ms: number;
}

/** Without a bug. */
export interface Durations {
  /** How long each test file takes; the ones that fail even so are missing. */
  readonly files: ReadonlyMap<string, number>;
  /** How long vitest and the servers take to start, per project. */
  readonly startMs: Readonly<Record<Project, number>>;
}

/** Of the tests of `system`, those that fit: whole runs of processes would cost more than all other tests. */
const maxSystemMs = 30_000;

/** A test that takes this many times as long as without the bug hangs; a machine with other work is slower, too. */
const hangFactor = 3;

/** What a second run may take longer to start, e.g. while another program has the disk. */
const slackMs = 5000;

export interface JudgeParts {
  readonly copy: WorkingCopy;
  readonly map: TestMap;
  readonly equivalents: readonly Equivalent[];
}

/** The first `count` mutants that are programs; those that are none are passed over. */
export async function takeMutants(
  ordered: readonly Mutant[],
  count: number,
  check: MutantCheck,
): Promise<{ taken: Mutant[]; refused: number }> {
  const taken: Mutant[] = [];
  let refused = 0;
  for (const mutant of ordered) {
    if (taken.length === count) break;
    if (await check.isAccepted(mutant)) taken.push(mutant);
    else refused += 1;
  }
  return { taken, refused };
}

/** Runs each test that any of the mutants may need once, without a bug. One that would not fit counts as failed. */
export async function measureTests(
  mutants: readonly Mutant[],
  { copy, map }: JudgeParts,
  onFailure: (file: string) => void,
): Promise<Durations> {
  const durations = new Map<string, number>();
  const startMs = { unit: 0, integration: 0, system: 0 };
  for (const project of projects) {
    const near = mutants.flatMap((mutant) => map.testsFor(mutant)[project]);
    const files = [...new Set(near.map(({ file }) => file))];
    const result = await runTests({
      ...{ root: copy.root, project, files, timeoutMs: 1_800_000 },
      maxFileMs: project === 'system' ? maxSystemMs : 1_800_000,
    });
    if (files.length > 0 && result.files.length === 0)
      throw new Error(`no test ran: ${result.failure ?? ''}`);
    startMs[project] = result.startMs;
    for (const { file, isPassed, ms } of result.files) {
      if (isPassed) durations.set(file, ms);
      else onFailure(file);
    }
  }
  return { files: durations, startMs };
}

/** The short and near ones first: a near one is as likely to fail as several that are far away. */
function chooseTests(tests: readonly NearTest[], project: Project, durations: Durations['files']): string[] {
  const limit = project === 'system' ? maxSystemMs : Infinity;
  const ms = (file: string) => durations.get(file) ?? Infinity;
  let sum = 0;
  return tests
    .filter(({ file }) => durations.has(file))
    .toSorted((a, b) => a.distance * ms(a.file) - b.distance * ms(b.file))
    .map(({ file }) => file)
    .filter((file) => (sum += ms(file)) <= limit);
}

async function runAgainst(mutant: Mutant, { copy, map }: JudgeParts, durations: Durations) {
  const tests = map.testsFor(mutant);
  let passed = 0;
  for (const project of projects) {
    const files = chooseTests(tests[project], project, durations.files);
    const usualMs = files.reduce((sum, file) => sum + (durations.files.get(file) ?? 0), 0);
    const timeoutMs = slackMs + hangFactor * (durations.startMs[project] + usualMs);
    const { failure } = await runTests({ root: copy.root, project, files, timeoutMs });
    if (failure !== null) return { outcome: 'caught', by: failure } as const;
    passed += files.length;
  }
  return { outcome: 'survived', by: `${passed} test files` } as const;
}

/** Plants one mutant, runs its tests until one fails, and takes it out again. A timeout counts as caught. */
export async function judgeMutant(mutant: Mutant, parts: JudgeParts, durations: Durations): Promise<Verdict> {
  const startedAt = performance.now();
  const text = readFileSync(join(parts.copy.root, mutant.file), 'utf8');
  if (isEquivalent(mutant, text, parts.equivalents)) return { mutant, outcome: 'equivalent', by: '', ms: 0 };
  const takeOut = parts.copy.plant(mutant);
  try {
    return { mutant, ...(await runAgainst(mutant, parts, durations)), ms: performance.now() - startedAt };
  } finally {
    takeOut();
  }
}
