import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string | null = null;

/** A folder for what tests write; `remove-scratch.ts` removes it after each test file, or the process as it ends. */
export function findScratchFolder(): string {
  if (folder === null) {
    folder = mkdtempSync(join(tmpdir(), 'catalog-sync-test-'));
    // Tests that are only listed have no hooks.
    process.once('exit', removeScratchFolder);
  }
  return folder;
}

/** Removes it with all that is in it. */
export function removeScratchFolder(): void {
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
  folder = null;
  process.off('exit', removeScratchFolder);
}
