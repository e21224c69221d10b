// `npm run build`: src -> dist, or the folder that is named. tsc leaves SQL, pictures and what browsers load where they
// are, so they are copied beside the code that reads them.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const outDir = resolve(root, process.argv[2] ?? 'dist');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

rmSync(outDir, { recursive: true, force: true });
// Types are checked by `npm run types`, and nobody imports a program's declarations.
execFileSync(
  process.execPath,
  [tsc, '-p', 'tsconfig.build.json', '--noCheck', '--declaration', 'false', '--outDir', outDir],
  {
    cwd: root,
    stdio: 'inherit',
  },
);
cpSync(join(root, 'src'), outDir, {
  recursive: true,
  filter: (path) => /\.(sql|css|js|svg|jpg)$/.test(path) || statSync(path).isDirectory(),
});
