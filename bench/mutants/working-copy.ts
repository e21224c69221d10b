import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { plantMutant, type Mutant } from './mutant.ts';

const project = resolve(import.meta.dirname, '../..');

/** A copy of the project, in which bugs are planted: the checkout stays as it is. */
export interface WorkingCopy {
  readonly root: string;
  /** All files, from the root. */
  readonly files: readonly string[];
  /** Puts the bug in; the function that it gives takes it out again. */
  plant(mutant: Mutant): () => void;
  remove(): void;
}

/** Copies what git knows or would add, changes that are not committed included, to a folder for temporary files. */
export function createWorkingCopy(): WorkingCopy {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], {
    cwd: project,
    encoding: 'utf8',
    maxBuffer: 64_000_000,
  });
  const files = listed.split('\0').filter((file) => file !== '' && existsSync(join(project, file)));
  const root = mkdtempSync(join(tmpdir(), 'catalog-sync-mutants-'));
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    cpSync(join(project, file), join(root, file));
  }
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  return {
    root,
    files,
    plant: (mutant) => {
      const file = join(root, mutant.file);
      const text = readFileSync(file, 'utf8');
      writeFileSync(file, plantMutant(text, mutant));
      return () => {
        writeFileSync(file, text);
      };
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}
