import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createWorld } from '../../support/in-process.ts';

async function printCompletion(shell: string): Promise<string> {
  const { context, stdout } = createWorld();
  expect(await runCli(['completion', shell], context)).toBe(0);
  return stdout.text;
}

/** What bash offers for the last word of a line, after it read the script. */
async function complete(line: string): Promise<string[]> {
  const words = line.split(' ');
  const script = `${await printCompletion('bash')}
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_catalog_sync
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script, 'bash', ...words], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

test.each(['bash', 'zsh'])('the script for %s is one that bash can read, too', async (shell) => {
  execFileSync('bash', ['-n'], { input: await printCompletion(shell) });
});

test('zsh is told to take it', async () => {
  expect(await printCompletion('zsh')).toMatch(/^autoload .*bashcompinit\n[^]*^bashcompinit$/m);
});

test.each([
  ['catalog-sync quo', ['quota']],
  ['catalog-sync --js', ['--json']],
  ['catalog-sync --project /srv sync --str', ['--strict-exit']],
  ['catalog-sync sync --log', ['--log-level']],
  ['catalog-sync quota un', ['unset']],
  ['catalog-sync quota external a', ['add']],
  ['catalog-sync quota set offer.detail --d', ['--day']],
  ['catalog-sync completion z', ['zsh']],
  ['catalog-sync sync --no-such', ['']],
])('"%s" becomes %j', async (line, expected) => {
  expect(await complete(line)).toEqual(expected);
});
