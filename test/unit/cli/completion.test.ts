import { Argument, Command } from 'commander';
import { expect, it } from 'vitest';
import { formatCompletion } from '../../../src/cli/completion/format-completion.ts';
import { runCli } from '../../../src/cli/main.ts';
import { createWorld } from '../../support/in-process.ts';

const program = new Command('catalog-sync').option('--json', 'x').configureHelp({ showGlobalOptions: true });
const auth = program.command('auth');
auth.command('login', { isDefault: true }).option('--paste', 'x').option('-y', 'x');
program.command('completion').addArgument(new Argument('<shell>', 'x').choices(['bash', 'zsh']));

it('each command has those below it, its choices and its flags', () => {
  const script = formatCompletion(program, 'bash');
  expect(script.match(/^ {4}'.*$/gm)).toEqual([
    "    ' auth'|' auth login'|' completion') path=\"$path ${COMP_WORDS[i]}\" ;;",
    "    '') words='auth completion help --json --help' ;;",
    "    ' auth') words='login help --help --json' ;;",
    "    ' auth login') words='--paste --help --json' ;;",
    "    ' completion') words='bash zsh --help --json' ;;",
  ]);
  expect(script).toMatch(/^_catalog_sync\(\) \{\n/);
  expect(formatCompletion(program, 'zsh')).toBe(
    `autoload -Uz compinit bashcompinit\ncompinit\nbashcompinit\n${script}`,
  );
});

it.each(['bash', 'zsh'] as const)('the verb prints the script of %s', async (shell) => {
  const { context, stdout } = createWorld();
  expect(await runCli(['completion', shell], context)).toBe(0);
  expect(stdout.text).toContain("    ' quota external add') words='--help --version --project");
  expect(stdout.text.startsWith('autoload')).toBe(shell === 'zsh');
  expect(stdout.text.endsWith('\ncomplete -o default -F _catalog_sync catalog-sync\n')).toBe(true);
});
