import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtProgram } from '../../support/built-program.ts';

const bin = await builtProgram();

/** The shortest of five times, in milliseconds: what others do on the machine adds to it only. */
function bestMs(...args: string[]): number {
  const times = Array.from({ length: 5 }, () => {
    const beganAt = performance.now();
    spawnSync(process.execPath, args);
    return performance.now() - beganAt;
  });
  return Math.min(...times);
}

/** The packages whose code a process ran, as its own record of covered code names them. */
function loadedPackages(...args: string[]): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'loaded-'));
  try {
    spawnSync(process.execPath, [bin, ...args], {
      env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: folder },
    });
    const records = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const urls = records.flatMap((text) => (JSON.parse(text) as { result: { url: string }[] }).result);
    return new Set(
      urls.flatMap(({ url }) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? []),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('the version comes in at most three times what Node takes for nothing, and 0.1 s', () => {
  expect(bestMs(bin, '--version')).toBeLessThan(3 * bestMs('-e', '0') + 100);
});

test.each(['--help', 'sync --help', '--bogus', 'sync --bogus', 'stauts'])(
  '"%s" loads the reader of command lines only',
  (line) => {
    expect([...loadedPackages(...line.split(' '))]).toEqual(['commander']);
  },
);

test('a verb loads what it works with', () => {
  expect([...loadedPackages('notify', 'test')]).toEqual(expect.arrayContaining(['commander', 'zod', 'pino']));
});
