/*
 * Judges the test suite: plants small bugs in a copy of the project, one at a time, and runs the tests that should see each.
 *
 *   npm run mutants -- --seed 7
 *   npm run mutants -- --seed 7 --room ledger --per-room 40
 *
 * The mutants are our own, of the parser of TypeScript that is here anyway, and of a small reader of SQL. Stryker, which is
 * kept and has more operators, does not fit: it has none for SQL, in which half of the decisions stand; it switches mutants
 * within one process, and ours must reach a template database, workers and child processes; and the part of it that only makes
 * mutants has no public interface. What would change this decision: SQL in Stryker, or a room that is all TypeScript and has
 * survivors that our operators miss.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CloseStack } from '../../src/core/lifecycle.ts';
import { createLogger } from '../../src/core/log.ts';
import { openPostgresSource } from '../../test/support/postgres-source.ts';
import { say } from '../support/say.ts';
import { createMutantCheck, type MutantCheck } from './check-mutant.ts';
import { maxEquivalentShare, readEquivalents } from './equivalents.ts';
import { findMutants, orderMutants } from './find-mutants.ts';
import { judgeMutant, measureTests, takeMutants, type JudgeParts, type Verdict } from './judge-mutants.ts';
import { describeMutant, type Mutant } from './mutant.ts';
import { reportMutants } from './report-mutants.ts';
import { endTests } from './run-tests.ts';
import { createTestMap } from './test-map.ts';
import { createWorkingCopy, type WorkingCopy } from './working-copy.ts';

const usage = `npm run mutants -- [flags]
  --seed N       the same seed gives the same mutants (default: of the clock)
  --room R       only the mutants of one room (default: all)
  --per-room N   mutants of each room, or all it has (default 20)
  --out FILE     where the verdicts go (default .catalog-sync/mutants/seed-N.json)`;

const { values: flags } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 100_000) },
    room: { type: 'string' },
    'per-room': { type: 'string', default: '20' },
    out: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function readCount(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new RangeError(`--${name} must be a whole number from 1 up, not ${text}`);
}

const closing = new CloseStack();
const log = createLogger({ level: 'error', pretty: true });

function openCopy(): WorkingCopy {
  const copy = createWorkingCopy();
  closing.add('copy', () => {
    copy.remove();
  });
  return copy;
}

/** A copy of the project for each processor, so that as many mutants are judged at once. */
function prepare(): [JudgeParts, ...JudgeParts[]] {
  const copy = openCopy();
  const parts = { copy, map: createTestMap(copy.root, copy.files), equivalents: readEquivalents() };
  const others = Array.from({ length: availableParallelism() - 1 }, () => ({ ...parts, copy: openCopy() }));
  return [parts, ...others];
}

async function takeFromRooms(copy: WorkingCopy, check: MutantCheck, seed: number): Promise<Mutant[]> {
  const perRoom = readCount('per-room', flags['per-room']);
  const byRoom = findMutants(copy.root, copy.files);
  if (flags.room !== undefined && !byRoom.has(flags.room))
    throw new RangeError(`--room must be one of ${[...byRoom.keys()].join(', ')}`);
  const sampled: Mutant[] = [];
  for (const [room, mutants] of byRoom) {
    if (flags.room !== undefined && flags.room !== room) continue;
    const { taken, refused } = await takeMutants(orderMutants(room, mutants, seed), perRoom, check);
    say(`${room}: ${taken.length} of ${mutants.length} mutants; ${refused} were no programs`);
    sampled.push(...taken);
  }
  return sampled;
}

/** The mutants of a seed, and a Postgres that their tests share. */
async function sample(copy: WorkingCopy, seed: number): Promise<Mutant[]> {
  const postgres = await openPostgresSource(copy.root, process.env);
  closing.add('postgres', () => postgres.close());
  const check = await createMutantCheck(copy, { adminUrl: postgres.url, log });
  try {
    return await takeFromRooms(copy, check, seed);
  } finally {
    // Before any mutant is planted: one that ends too many sessions would end this one as well.
    await check.close();
  }
}

async function main(): Promise<void> {
  const seed = readCount('seed', flags.seed);
  say(`seed ${seed}`);
  const lanes = prepare();
  const [parts] = lanes;
  say(`copies: ${lanes.map(({ copy }) => copy.root).join(' ')}`);
  const mutants = await sample(parts.copy, seed);
  const durations = await measureTests(mutants, parts, (file) => {
    say(`left out, because it fails without a mutant, or takes too long: ${file}`);
  });
  const out = resolve(
    flags.out ?? `.catalog-sync/mutants/seed-${seed}${flags.room ? `-${flags.room}` : ''}.json`,
  );
  mkdirSync(dirname(out), { recursive: true });
  const verdicts: Verdict[] = [];
  const left = mutants.values();
  const judge = async (lane: JudgeParts) => {
    for (const mutant of left) {
      const verdict = await judgeMutant(mutant, lane, durations);
      verdicts.push(verdict);
      const { outcome, by, ms } = verdict;
      const place = `${verdicts.length}/${mutants.length}`;
      say(`${place} ${outcome} in ${(ms / 1000).toFixed(1)} s: ${describeMutant(mutant)} (${by})`);
      writeFileSync(out, `${JSON.stringify({ seed, verdicts }, null, 2)}\n`);
    }
  };
  await Promise.all(lanes.map(judge));
  say(`\n${reportMutants(verdicts)}\n\n${out}`);
  const equivalent = verdicts.filter(({ outcome }) => outcome === 'equivalent').length;
  if (equivalent > verdicts.length * maxEquivalentShare)
    throw new Error(`${equivalent} are declared equivalent: too many`);
}

if (flags.help) say(usage);
else {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => {
      endTests();
      void closing.close(log).then(() => process.exit(code));
    });
  }
  try {
    await main();
  } finally {
    endTests();
    await closing.close(log);
  }
}
