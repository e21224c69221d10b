import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { runCli } from '../../../../src/cli/main.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { createWorld } from '../../../support/in-process.ts';

const program = createProgram(createWorld({ cwd: '/' }).context);

/** The words of each command but those of the program. */
function pathsOf(command: Command, path: readonly string[]): string[][] {
  const below = command.commands.flatMap((inner) => pathsOf(inner, [...path, inner.name()]));
  return path.length === 0 ? below : [[...path], ...below];
}

/** What is said with and without an error, on streams of a width; null: of none. */
async function say(args: readonly string[], columns: number | null) {
  const { context, stdout, stderr } = createWorld({ cwd: '/', ...(columns === null ? {} : { columns }) });
  const wide = (stream: typeof stdout) => ({ write: (text: string) => stream.write(text) });
  const streams = columns === null ? { stdout: wide(stdout), stderr: wide(stderr) } : {};
  await runCli(args, { ...context, ...streams } as typeof context);
  return { out: stdout.text, err: stderr.text };
}

test('every command has examples of itself; those of auth are together', async () => {
  const without: string[] = [];
  for (const path of pathsOf(program, [])) {
    const { out } = await say([...path, '--help'], 200);
    if (!out.includes(`\nExamples:\n  $ catalog-sync ${path[0] ?? ''}`)) without.push(path.join(' '));
  }
  const ofAuth = ['login', 'status', 'rotate-key', 'revoke', 'adopt'].map((verb) => `auth ${verb}`);
  expect(without.toSorted()).toEqual(ofAuth.toSorted());
});

test('help for no terminal is 100 columns wide', async () => {
  const verbs = program.commands.map((command) => command.name());
  const help = async (columns: number | null) => {
    const ofVerbs = [];
    for (const verb of verbs) ofVerbs.push((await say([verb, '--help'], columns)).out);
    return ofVerbs.join('');
  };
  expect(await help(null)).toBe(await help(100));
  expect(await help(null)).not.toBe(await help(101));
  const errors = async (columns: number | null) => (await say([], columns)).err;
  expect(await errors(null)).toBe(await errors(100));
});
