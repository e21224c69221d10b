import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBuiltin } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { root } from '../../support/compose-file.ts';

interface Manifest {
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const filesBelow = (folder: string, ending: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .toSorted();

/** The package as it is installed, or put into an image: built, without sources and their tools. */
let home: string;
let database: TestDatabase;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'build-'));
  execFileSync('node', ['scripts/build.js', join(home, 'dist')], { cwd: root });
  for (const path of [
    'package.json',
    ...manifest.files.filter((name) => name !== 'dist' && !name.startsWith('!')),
  ]) {
    cpSync(join(root, path), join(home, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  database = await createTestDatabase({ migrated: false });
}, 180_000);

afterAll(async () => {
  rmSync(home, { recursive: true, force: true });
  await database.drop();
});

describe('the built package', () => {
  test('has every SQL file beside the code that reads it', () => {
    expect(filesBelow(join(home, 'dist'), '.sql')).toEqual(filesBelow(join(root, 'src'), '.sql'));
    expect(filesBelow(join(home, 'dist'), '.jpg')).toEqual(filesBelow(join(root, 'src'), '.jpg'));
  });

  test('imports nothing but its dependencies', () => {
    const imported = filesBelow(join(home, 'dist'), '.js').flatMap((path) => {
      const code = readFileSync(join(home, 'dist', path), 'utf8');
      return [...code.matchAll(/\b(?:from|import)\s*\(?\s*'([@a-z][\w@./:-]*)'/g)].map(
        (match) => match[1] ?? '',
      );
    });
    const packages = imported
      .filter((name) => !isBuiltin(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    expect(packages.length).toBeGreaterThan(10);
    expect([...new Set(packages)].filter((name) => !(name in manifest.dependencies))).toEqual([]);
  });

  test('is what `npm ci` makes of a checkout, and `npm ci --omit=dev` goes on without the compiler', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['prepare']).toBe('node scripts/prepare.js');
    const checkout = mkdtempSync(join(tmpdir(), 'checkout-'));
    try {
      for (const path of ['scripts', 'src', 'package.json', 'tsconfig.json', 'tsconfig.build.json'])
        cpSync(join(root, path), join(checkout, path), { recursive: true });
      const prepare = () => spawnSync('npm', ['run', 'prepare'], { cwd: checkout }).status;
      expect({ status: prepare(), isBuilt: existsSync(join(checkout, 'dist')) }).toEqual({
        status: 0,
        isBuilt: false,
      });
      symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
      expect(prepare()).toBe(0);
      expect(existsSync(join(checkout, 'dist/cli/main.js'))).toBe(true);
    } finally {
      rmSync(checkout, { recursive: true, force: true });
    }
  });

  test('runs without its sources, and migrates', () => {
    expect(existsSync(join(home, 'src'))).toBe(false);
    const { status, stdout, stderr } = spawnSync(
      'node',
      [join(home, 'bin/catalog-sync.js'), 'migrate', '--json'],
      {
        encoding: 'utf8',
        cwd: '/',
        env: { PATH: process.env['PATH'], DATABASE_URL: database.url },
      },
    );
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect((JSON.parse(stdout) as { applied: string[] }).applied.length).toBeGreaterThan(0);
  });
});
