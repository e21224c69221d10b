import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isEquivalent, readEquivalents } from '../../../bench/mutants/equivalents.ts';
import { findMutants, findRoom, orderMutants } from '../../../bench/mutants/find-mutants.ts';
import { reportMutants } from '../../../bench/mutants/report-mutants.ts';
import { createTestMap } from '../../../bench/mutants/test-map.ts';
import type { Mutant } from '../../../bench/mutants/mutant.ts';
import { listFiles } from '../../support/doc-files.ts';
import { findScratchFolder } from '../../support/scratch-folder.ts';

const root = join(import.meta.dirname, '../../..');

function mutantAt(line: number, file = 'src/core/a.ts'): Mutant {
  return { room: 'core', file, line, start: 0, end: 1, operator: 'boundary', from: '<', to: '<=' };
}

describe('the room of a file', () => {
  it.each([
    ['src/load/merge.ts', 'load'],
    ['src/load/sql/merge.sql', 'load'],
    ['migrations/functions/usage-take.sql', 'ledger'],
    ['migrations/functions/catalog-bigrams.sql', 'load'],
    ['migrations/functions/analytics-price-at.sql', 'views'],
    ['migrations/views/usage-lanes.sql', 'views'],
    ['migrations/functions/usage-reserve--previous.sql', null],
    ['migrations/views/zz-grants.sql', null],
    ['migrations/0000_baseline.sql', null],
    ['src/web/assets/live.js', null],
  ])('%s is %s', (file, room) => {
    expect(findRoom(file)).toBe(room);
  });

  it('is known for every function of the database', () => {
    const names = listFiles('migrations/functions', '.sql').filter((file) => !file.includes('--previous'));
    expect(names.filter((file) => findRoom(file) === null)).toEqual([]);
  });
});

describe('the mutants of a seed', () => {
  const all = [1, 2, 3, 3, 4, 5, 6, 7, 8].map((line) => mutantAt(line));

  it('are the same each time, and others for another seed and room', () => {
    const order = (room: string, seed: number) => orderMutants(room, all, seed).map(({ line }) => line);
    expect(order('core', 7)).toEqual(order('core', 7));
    expect(order('core', 7)).not.toEqual(order('core', 8));
    expect(order('core', 7)).not.toEqual(order('load', 7));
  });

  it('are at most one of each line', () => {
    const lines = orderMutants('core', all, 7).map(({ line }) => line);
    expect(lines.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('the tests of a mutant', () => {
  const files: Readonly<Record<string, string>> = {
    'src/load/merge.ts': `import { a } from '../core/a.ts';\nrunSql(readSql('merge-rows'));`,
    'src/load/sql/merge-rows.sql': 'SELECT 1',
    'src/load/sql/other.sql': 'SELECT 1',
    'src/core/a.ts': '',
    'test/support/world.ts': `import '../../src/load/merge.ts';`,
    'test/unit/core/a.test.ts': `import '../../../src/core/a.ts';`,
    'test/unit/mutants/choose.test.ts': `import '../../../src/load/merge.ts';`,
    'test/integration/load/merge.test.ts': `import '../../../src/load/merge.ts';`,
    'test/integration/load/no-import.test.ts': '',
    'test/integration/views/view.test.ts': `db.query('SELECT * FROM usage.lanes');`,
    'test/integration/web/page.test.ts': `import '../../support/world.ts';`,
    'test/system/load/killed.test.ts': '',
    'test/system/web/browser.test.ts': `import '../../support/world.ts';`,
  };
  const folder = join(findScratchFolder(), 'mutants');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  const map = createTestMap(folder, Object.keys(files));

  it('are those of its room that import it, then those that reach it by the support of tests, but for those of mutants', () => {
    expect(map.testsFor({ file: 'src/load/merge.ts', room: 'load' })).toEqual({
      unit: [],
      integration: [
        { file: 'test/integration/load/merge.test.ts', distance: 1 },
        { file: 'test/integration/web/page.test.ts', distance: 1 },
      ],
      system: [{ file: 'test/system/load/killed.test.ts', distance: 4 }],
    });
  });

  it('are for a statement those of the module that names it', () => {
    const { integration } = map.testsFor({ file: 'src/load/sql/merge-rows.sql', room: 'load' });
    expect(integration).toContainEqual({ file: 'test/integration/load/merge.test.ts', distance: 1 });
    expect(map.testsFor({ file: 'src/load/sql/other.sql', room: 'load' }).integration).toEqual([]);
  });

  it('are for a view those of its room, and those that name it', () => {
    const { integration } = map.testsFor({ file: 'migrations/views/usage-lanes.sql', room: 'ledger' });
    expect(integration).toEqual([{ file: 'test/integration/views/view.test.ts', distance: 1 }]);
  });
});

describe('equivalent mutants', () => {
  const known = readEquivalents();

  it('are mutants of the code as it is, each with its argument', () => {
    const wrong = known.filter((one) => {
      const text = readFileSync(join(root, one.file), 'utf8');
      const mutants = [...findMutants(root, [one.file]).values()].flat();
      return one.why.length < 20 || !mutants.some((mutant) => isEquivalent(mutant, text, [one]));
    });
    expect(wrong).toEqual([]);
  });
});

it('the report has a line for each room, the score without the equivalent ones, and every survivor', () => {
  const verdict = (line: number, outcome: 'caught' | 'survived' | 'equivalent') => ({
    mutant: mutantAt(line),
    outcome,
    by: '2 test files',
    ms: 1,
  });
  const report = reportMutants([
    verdict(1, 'caught'),
    verdict(2, 'caught'),
    verdict(3, 'survived'),
    verdict(4, 'equivalent'),
  ]);
  expect(report).toMatch(/^core +4 +2 +1 +1 +67 %$/m);
  expect(report).toContain('src/core/a.ts:3 boundary: < becomes <= (2 test files passed)');
});
