import { describe, expect, test } from 'vitest';
import { parseSyncFile } from '../../../src/config/parse-sync-file.ts';
import { problemsOf } from '../../support/sync-file-problems.ts';

const offers = Array.from({ length: 11_000 }, (_, index) => `      - '${String(610_000_000_000 + index)}'\n`);
const longest = `account: personal\nfeeds:\n  - name: watched\n    offers:\n${offers.join('')}`;

/** What some work takes of this process, so that what else the machine does counts for nothing. */
function cpuMs(work: () => void): number {
  const begun = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** A second; on a slow machine, a few times what the longest file takes that is read. */
const barMs = Math.max(1000, 3 * cpuMs(() => parseSyncFile(longest, 'f.yaml')));

describe('a sync file', () => {
  test.each(['[', '{', '- ', '? ', '[{', 'a: [', '{a: ', '- [\n '])(
    'nested by %j is refused in no time',
    (piece) => {
      let problems: readonly string[] = [];
      expect(cpuMs(() => (problems = problemsOf(piece.repeat(600_000 / piece.length))))).toBeLessThan(barMs);
      expect(problems).toEqual([expect.stringMatching(/^f\.yaml:\d+:\d+ is nested too deep to read$/)]);
    },
  );

  test.each([
    ['600,000 commas', `feeds: [${','.repeat(600_000)}]`],
    ['100,000 feeds without a key', `account: personal\nfeeds:\n${'  - {}\n'.repeat(100_000)}`],
    ['as many of them as are read', `account: personal\nfeeds: [${'{},'.repeat(19_900)}]`],
    ['maps of 900 unknown keys', `feeds:\n${`  - {${'k,'.repeat(900)}}\n`.repeat(30)}`],
    ['500,000 closing brackets', ']'.repeat(500_000)],
    ['50,000 of them', ']'.repeat(50_000)],
    ['200,000 bad escapes in one text', `a: "${'\\x'.repeat(400_000)}"`],
    ['400,000 comments', '#\n'.repeat(400_000)],
  ])('of %s is refused in under a second', (_, text) => {
    let problems: readonly string[] = [];
    expect(cpuMs(() => (problems = problemsOf(text)))).toBeLessThan(barMs);
    expect(problems.length).toBeLessThanOrEqual(51);
  });

  test('as long as a watch list of 11,000 offers is read', () => {
    expect(parseSyncFile(longest, 'f.yaml').feeds[0]?.offers).toHaveLength(11_000);
    expect(problemsOf(longest.replaceAll("'\n", "' # kept\n"))[0]).toMatch(
      /has more than 60000 words and signs/,
    );
  });

  test('nested to the end of the stack does not end the process', () => {
    // At one of these depths, V8 fails to compile a regular expression of the parser, and aborts.
    for (let depth = 51; depth < 1200; depth += 1)
      expect(problemsOf('['.repeat(depth) + '"\\x41"')).toHaveLength(1);
  });

  test('indented line by line is refused where it goes too deep', () => {
    const lines = Array.from({ length: 900 }, (_, level) => `${' '.repeat(level)}a:`);
    expect(problemsOf(lines.join('\n'))).toEqual(['f.yaml:49:51 is nested too deep to read']);
  });

  test('with very many keys is refused without comparing each with all others', () => {
    const keys = Array.from({ length: 60_000 }, (_, index) => `k${String(index)}: 1`);
    expect(problemsOf(keys.join('\n'))).toEqual([
      expect.stringContaining('has more than 1000 keys in one map'),
    ]);
    expect(problemsOf(`{${keys.join(',')}}`)).toHaveLength(1);
  });
});
