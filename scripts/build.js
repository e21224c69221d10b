// `npm run build`: src -> dist. tsc leaves SQL where it is, so the statements are copied beside their loader.
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsc = join(root, 'node_modules/typescript/bin/tsc');

rmSync(join(root, 'dist'), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
cpSync(join(root, 'src/load/sql'), join(root, 'dist/load/sql'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});
