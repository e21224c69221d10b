import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../src/cli/main.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { createWorld } from '../../support/in-process.ts';
import { leavesOf } from '../../support/parse-command.ts';

/** Runs a command line in this process. */
async function run(...args: string[]) {
  const { context, stdout, stderr } = createWorld();
  const exitCode = await runCli(args, context);
  return { exitCode, out: stdout.text, err: stderr.text };
}

/** Splits a line as a shell does, as far as examples need it. */
function splitShell(line: string): string[] {
  const words = line.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const end = words.findIndex((word) => word === '>' || word === '|');
  return words.slice(0, end === -1 ? undefined : end).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
}

const verbNames = createProgram(createWorld().context).commands.map((command) => command.name());

describe('help', () => {
  test('of the program names every verb, on stdout', async () => {
    const { exitCode, out, err } = await run('--help');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    for (const name of verbNames) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  test.each(['', ...verbNames])('of "%s" has examples that the program itself takes', async (verb) => {
    const { out } = await run(...(verb === '' ? [] : [verb]), '--help');
    const examples = [...out.matchAll(/^ {2}\$ catalog-sync (.+)$/gm)].map((match) => match[1] ?? '');
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const { context, stderr } = createWorld();
      const program = createProgram({ ...context, cwd: '/' });
      for (const command of leavesOf(program)) command.action(() => undefined);
      const args = splitShell(example).map((word) => (word.startsWith('/srv/') ? '/' : word));
      const outcome = await program.parseAsync(args, { from: 'user' }).catch((error: unknown) => error);
      const isHelp = example.endsWith('--help');
      expect(stderr.text, example).toBe('');
      expect(isHelp || outcome === program, example).toBe(true);
    }
  });

  test('of every verb says what it does and which flags all verbs have', async () => {
    const describe = (command: Command) => command.description();
    for (const command of createProgram(createWorld().context).commands) {
      expect(describe(command)).toMatch(/^[A-Z].*\.$/);
      expect((await run(command.name(), '--help')).out).toContain('--project <dir>');
    }
  });

  test('the version is the one of package.json', async () => {
    expect((await run('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('a wrong command line exits 2, says why on stderr and nothing on stdout', () => {
  test.each([
    ['no verb', [], /Usage:/],
    ['an unknown verb', ['stauts'], /unknown command 'stauts'[^]*status/],
    ['an unknown flag', ['status', '--jsno'], /unknown option '--jsno'[^]*--json/],
    ['a missing argument', ['sql'], /missing required argument 'statement'/],
    ['one argument too many', ['status', 'x'], /too many arguments/],
    ['a folder that is none', ['status', '--project', '/nowhere/at/all'], /no such folder/],
    ['an unknown log level', ['status', '--log-level', 'loud'], /Allowed choices are trace/],
    ['a number that is none', ['status', '--runs', '0'], /whole number from 1 to 1000/],
    ['a duration that is none', ['sql', 'select 1', '--timeout', '5'], /duration like/],
    ['a verb below another that is none', ['auth', 'stauts'], /unknown command 'stauts' of 'auth'[^]*status/],
    ['flags that exclude each other', ['sql', 'select 1', '--csv', '--json'], /cannot be used with/],
    ['flags of doctor that exclude each other', ['doctor', '--yes', '--offline'], /cannot be used with/],
  ])('%s', async (_, args, expected) => {
    const { exitCode, out, err } = await run(...args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toMatch(expected);
  });
});

test('global flags may be before and after the verb', async () => {
  const { context } = createWorld();
  for (const args of [
    ['--json', '--project', '/', 'status'],
    ['status', '--json', '--project', '/'],
  ]) {
    const program = createProgram(context);
    let seen: unknown;
    const status = program.commands.find((command) => command.name() === 'status');
    status?.action((_flags: unknown, self: Command) => void (seen = self.optsWithGlobals()));
    await program.parseAsync(args, { from: 'user' });
    expect(seen).toMatchObject({ json: true, project: '/' });
  }
});
