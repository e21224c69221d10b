import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { findScratchFolder } from '../../support/scratch-folder.ts';

const project = resolve(import.meta.dirname, '../../..');

interface Output {
  readonly seed: number;
  readonly verdicts: readonly { readonly outcome: string; readonly by: string }[];
}

const changes = (): string =>
  execFileSync('git', ['diff', 'HEAD', '--', 'src'], { cwd: project, encoding: 'utf8' });

it('bugs are planted in a copy that is gone afterwards, and caught by the tests of their room', () => {
  const out = join(findScratchFolder(), 'verdicts.json');
  const before = changes();
  const flags = ['--seed', '7', '--room', 'terminal', '--per-room', '2', '--out', out];
  const { stdout, stderr, status } = spawnSync('npx', ['tsx', 'bench/mutants/mutants.ts', ...flags], {
    cwd: project,
    encoding: 'utf8',
  });
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/^terminal +2 /m);
  const { seed, verdicts } = JSON.parse(readFileSync(out, 'utf8')) as Output;
  expect(seed).toBe(7);
  expect(verdicts).toHaveLength(2);
  const caught = verdicts.filter(({ outcome }) => outcome === 'caught');
  expect(caught.map(({ by }) => by.split(':')[0])).toContain('test/unit/terminal/terminal.test.ts');
  expect(changes()).toBe(before);
  const copies = /^copies: (.+)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
  expect(copies).toHaveLength(availableParallelism());
  for (const copy of copies) {
    expect(copy).toMatch(/catalog-sync-mutants-/);
    expect(existsSync(copy)).toBe(false);
  }
}, 300_000);
