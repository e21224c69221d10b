import { expect, it } from 'vitest';
import { demoFolderOf } from '../../../../src/cli/demo/demo-folder.ts';

it('the demo of a project is below it, and that of the folder of a demo is itself', () => {
  expect(demoFolderOf('/srv/catalog')).toBe('/srv/catalog/.catalog-sync/demo');
  expect(demoFolderOf('/srv/catalog/.catalog-sync/demo')).toBe('/srv/catalog/.catalog-sync/demo');
  expect(demoFolderOf('/srv/x.catalog-sync/demo')).toBe('/srv/x.catalog-sync/demo/.catalog-sync/demo');
});
