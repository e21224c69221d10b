import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { createWorld } from './in-process.ts';

/** The commands that do something: verbs, and the verbs below them. */
export function leavesOf(command: Command): Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

/** What an action would be given for a command line: its arguments and its flags. Null: it is refused. */
export async function parseCommand(args: readonly string[]) {
  const { context, stderr } = createWorld({ cwd: '/' });
  const program = createProgram(context);
  let given: { args: unknown[]; flags: Record<string, unknown> } | null = null;
  for (const leaf of leavesOf(program))
    leaf.action((...values: unknown[]) => {
      const at = values.findIndex((value) => value === leaf) - 1;
      given = { args: values.slice(0, at), flags: values[at] as Record<string, unknown> };
    });
  await program.parseAsync([...args], { from: 'user' }).catch(() => undefined);
  return { given: given as { args: unknown[]; flags: Record<string, unknown> } | null, err: stderr.text };
}
