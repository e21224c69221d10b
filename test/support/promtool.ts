import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program on PATH, or null: then a line says what is not tested without it. */
export function findTool(name: string, tells: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
  // eslint-disable-next-line no-console -- whoever reads the output must see what was not tested
  if (found === undefined) console.info(`no ${name} on PATH: ${tells}`);
  return found ?? null;
}

export const findPromtool = () => findTool('promtool', 'it checks no metrics and no alert rules');

/** What it says, on both outputs, and whether it is content. */
export function runPromtool(
  file: string,
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { input, encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
}
