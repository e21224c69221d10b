import { expect, test } from 'vitest';
import { spellCommands } from '../../../src/core/spell-commands.ts';

const spell = (text: string) => spellCommands(text, 'node bin/catalog-sync.js');

test('commands are spelled as they can be typed', () => {
  expect(spell('Run `catalog-sync auth`, then `catalog-sync quota resume x`.')).toBe(
    'Run `node bin/catalog-sync.js auth`, then `node bin/catalog-sync.js quota resume x`.',
  );
  expect(spell('<code>catalog-sync auth</code>')).toBe('<code>node bin/catalog-sync.js auth</code>');
  expect(spell('Examples:\n  $ catalog-sync sync\n  $ catalog-sync --version\n')).toBe(
    'Examples:\n  $ node bin/catalog-sync.js sync\n  $ node bin/catalog-sync.js --version\n',
  );
});

test.each([
  'catalog-sync retries it by itself.',
  'Correct `catalog-sync.yaml`.',
  'the word `catalog-sync`',
  'Usage: catalog-sync sync',
])('"%s" has no command', (text) => {
  expect(spell(text)).toBe(text);
});

test('what a command has for a shell stays as it is', () => {
  expect(spellCommands('`catalog-sync sql "select 1"`', "node '/a $& b/x.js'")).toBe(
    '`node \'/a $& b/x.js\' sql "select 1"`',
  );
});
