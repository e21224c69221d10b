import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/**
 * Builds the product into a folder, as it is installed: what is changed in `src` meanwhile, or planted in the copy,
 * stays apart. Gives the path of its program.
 */
export function buildProgram(folder: string): string {
  mkdirSync(folder, { recursive: true });
  execFileSync(process.execPath, [join(root, 'scripts/build.js'), join(folder, 'dist')], {
    stdio: 'inherit',
  });
  for (const part of ['bin', 'migrations', 'package.json'])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'bin/catalog-sync.js');
}
