import { randomInt } from 'node:crypto';
import { defineConfig } from 'vitest/config';

// All property tests of a run draw from it. Printed, so that a run can be repeated whatever its failure says.
const seed = process.env['TEST_SEED'] ?? String(randomInt(2 ** 31));
process.stderr.write(`properties draw from TEST_SEED=${seed}\n`);

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/remove-scratch.ts', 'test/support/seed-properties.ts'],
    env: { TEST_SEED: seed },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores serve the tests, Postgres, Redis and the sandbox together: more workers only queue.
    maxWorkers: 2,
    // Modules keep no state, so that files of a worker may share them: a process and all imports anew for each file cost
    // a third of a second of a core.
    isolate: false,
  },
});
