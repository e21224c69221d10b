import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two cores serve the tests, Postgres, Redis and the sandbox together: more workers only queue.
    maxWorkers: 2,
    // Modules keep no state, so that files of a worker may share them: a process and all imports anew for each file cost
    // a third of a second of a core.
    isolate: false,
  },
});
