import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runTests } from '../../../bench/mutants/run-tests.ts';
import { findScratchFolder } from '../../support/scratch-folder.ts';

it('tests that end without a report, because a promise never resolved, have failed', async () => {
  const root = findScratchFolder();
  mkdirSync(join(root, 'node_modules/vitest'), { recursive: true });
  const waitsForEver = 'void (async () => { await new Promise(() => {}); })();';
  writeFileSync(join(root, 'node_modules/vitest/vitest.mjs'), waitsForEver);
  const run = { root, project: 'unit', files: ['a.test.ts'], timeoutMs: 60_000 } as const;
  expect((await runTests(run)).failure).toBe('no report, exit code 0: ');
});
