import { randomInt } from 'node:crypto';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

// All property tests of a run draw from it. Printed, so that a run can be repeated whatever its failure says. Each project
// reads this file again: they share the seed by way of the environment.
if (process.env['TEST_SEED'] === undefined) {
  process.env['TEST_SEED'] = String(randomInt(2 ** 31));
  process.stderr.write(`properties draw from TEST_SEED=${process.env['TEST_SEED']}\n`);
}

const setupFiles = ['test/support/remove-scratch.ts', 'test/support/seed-properties.ts'];

/** The tests of `test/<name>`, with what they share. */
function project(
  name: string,
  needs: { readonly globalSetup?: string; readonly setupFile?: string },
): TestProjectInlineConfiguration {
  const { globalSetup, setupFile } = needs;
  return {
    extends: true,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      setupFiles: setupFile === undefined ? setupFiles : [...setupFiles, setupFile],
      ...(globalSetup === undefined ? {} : { globalSetup }),
    },
  };
}

const servers = { globalSetup: 'test/support/global-setup.ts' };

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Two cores serve the tests, Postgres, Redis and the sandbox together. The third works while others wait for ticks
    // and timers; each one more makes every test slower, and nearer to its time limit.
    maxWorkers: 3,
    // Of the tests of one file that start processes of the product side by side.
    maxConcurrency: 3,
    // Modules keep no state, so that files of a worker may share them: a process and all imports anew for each file cost
    // a third of a second of a core.
    isolate: false,
    projects: [
      project('unit', { setupFile: 'test/support/refuse-servers.ts' }),
      project('integration', servers),
      project('system', servers),
      // They need a Docker engine; where none answers, they are skipped.
      project('containers', {}),
    ],
  },
});
