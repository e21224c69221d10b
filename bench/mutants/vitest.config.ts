import { join, resolve } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig, mergeConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

const root = resolve(import.meta.dirname, '../..');
const order = (process.env['MUTANT_TESTS'] ?? '').split(',');

/** In the given order: what fails in a second must not wait for what takes ten. */
class GivenOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const at = ({ moduleId }: TestSpecification) => order.findIndex((file) => moduleId.endsWith(`/${file}`));
    return files.toSorted((a, b) => at(a) - at(b));
  }
}

/** The tests of one mutant: in a given order, until the first that fails. */
export default mergeConfig(
  base,
  defineConfig({
    root,
    cacheDir: join(root, '.catalog-sync', 'vite'),
    test: {
      bail: 1,
      // Of a mutant one module is new. All others would be transformed again for each, which takes as long as its tests.
      experimental: { fsModuleCache: true, fsModuleCachePath: join(root, '.catalog-sync', 'modules') },
      sequence: { sequencer: GivenOrder },
      setupFiles: process.env['MUTANT_FILE_MS'] === undefined ? [] : ['bench/mutants/stop-long-files.ts'],
    },
  }),
);
