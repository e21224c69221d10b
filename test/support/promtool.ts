import { spawnSync } from 'node:child_process';
import { findTool } from './find-tool.ts';

/** The promtool on PATH, or null. */
export const findPromtool = (): string | null => findTool(['promtool'], process.env);

/** What it says, on both outputs, and whether it is content. */
export function runPromtool(
  file: string,
  args: readonly string[],
  input = '',
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { input, encoding: 'utf8', timeout: 60_000 });
  return { status, output: stdout + stderr };
}
