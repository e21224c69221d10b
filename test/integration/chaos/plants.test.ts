import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPlant } from '../../../bench/chaos/find-plant.ts';
import { plants } from '../../../bench/chaos/plants.ts';
import { createTestDatabase } from '../../support/database.ts';
import { listFiles, root } from '../../support/doc-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'catalog-sync-plants-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('every bug that chaos plants', () => {
  beforeAll(() => {
    cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
    // The compiler leaves the changed lines as they are: they hold no types.
    for (const file of listFiles('src', '.ts'))
      renameSync(join(folder, file), join(folder, file.replace(/\.ts$/, '.js')));
  });

  test.each(plants)('still finds its place: $name', async (plant) => {
    plant.changeProgram?.(join(folder, 'src'));
    const database = await createTestDatabase();
    try {
      await plant.changeDatabase?.(database.pool);
    } finally {
      await database.drop();
    }
    expect(plant.changeProgram ?? plant.changeDatabase).toBeDefined();
  });
});

test('a bug that is not known is named, with those that are', () => {
  expect(() => findPlant('nothing')).toThrow(/no bug nothing to plant; there are settle-before-send, /);
});
