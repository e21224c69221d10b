import { expect, test } from 'vitest';
import { commandFor } from '../../../src/app/command-for.ts';
import { nameCommand } from '../../../src/cli/name-command.ts';

const cwd = '/srv/catalog';

test.each([
  ['a checkout', `${cwd}/bin/catalog-sync.js`, 'node bin/catalog-sync.js'],
  ['a checkout, from elsewhere', '/opt/sync/bin/catalog-sync.js', 'node /opt/sync/bin/catalog-sync.js'],
  [
    'a folder whose name needs quotes',
    '/opt/it s/bin/catalog-sync.js',
    "node '/opt/it s/bin/catalog-sync.js'",
  ],
  ['an installation for all', '/usr/local/bin/catalog-sync', 'catalog-sync'],
  ['an installation in a project', `${cwd}/node_modules/.bin/catalog-sync`, 'npx catalog-sync'],
])('of %s', (_, script, command) => {
  expect(nameCommand({ script, cwd, env: {} })).toBe(command);
});

test('what cron starts in / is named in full, for whoever reads its mail', () => {
  const script = '/srv/catalog/bin/catalog-sync.js';
  expect(nameCommand({ script, cwd: '/', env: {} })).toBe(`node ${script}`);
});

test('a container is told how it is reached', () => {
  const env = { CATALOG_SYNC_COMMAND: 'docker compose run --rm worker' };
  expect(nameCommand({ script: '/app/bin/catalog-sync.js', cwd: '/app', env })).toBe(
    'docker compose run --rm worker',
  );
});

test('commands for the project of another folder name that folder', () => {
  const here = { command: 'catalog-sync', cwd };
  expect(commandFor(here, cwd)).toBe('catalog-sync');
  expect(commandFor(here, `${cwd}/.catalog-sync/demo`)).toBe('catalog-sync --project .catalog-sync/demo');
  expect(commandFor(here, "/srv/it's")).toBe(`catalog-sync --project '/srv/it'\\''s'`);
});
