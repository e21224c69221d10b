import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'));
  mkdirSync(join(folder, 'bin'));
  copyFileSync(join(root, 'bin/catalog-sync.js'), join(folder, 'bin/catalog-sync.js'));
  copyFileSync(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that says what it is, changed last at second `time`. */
function put(path: string, says: string, time: number): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `export const main = () => console.log(${JSON.stringify(says)});\n`);
  utimesSync(file, time, time);
  for (const parent of ['src', 'src/cli'].map((name) => join(folder, name))) {
    if (path.startsWith('src')) utimesSync(parent, time, time);
  }
}

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/catalog-sync.js', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { status, stdout: stdout.trim(), stderr };
}

const installTools = () => symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

test('without sources the built program runs', () => {
  put('dist/cli/main.js', 'built', 1000);
  expect(run()).toMatchObject({ status: 0, stdout: 'built' });
});

test('a build that is newer than all sources runs', () => {
  put('src/cli/main.ts', 'sources', 1000);
  put('dist/cli/main.js', 'built', 2000);
  expect(run()).toMatchObject({ status: 0, stdout: 'built' });
});

test('a build that is older than any source is passed over', () => {
  installTools();
  put('dist/cli/main.js', 'built', 2000);
  put('src/cli/main.ts', 'sources', 1000);
  put('src/cli/other.ts', '', 3000);
  expect(run()).toMatchObject({ status: 0, stdout: 'sources' });
});

test('an old build is not run without the build tools either: it says how to make a new one', () => {
  put('dist/cli/main.js', 'built', 2000);
  put('src/cli/main.ts', 'sources', 3000);
  const { status, stdout, stderr } = run();
  expect({ status, stdout }).toEqual({ status: 4, stdout: '' });
  expect(stderr).toContain('npm ci && npm run build');
});

test('the version is printed without a build and without build tools', () => {
  writeFileSync(join(folder, 'package.json'), '{"type":"module","version":"1.2.3"}');
  put('src/cli/main.ts', 'sources', 3000);
  expect(run('--version')).toMatchObject({ status: 0, stdout: '1.2.3', stderr: '' });
});
