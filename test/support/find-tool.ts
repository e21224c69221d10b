import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Without these, whole suites would be skipped: CI has them all. */
const neededInCi: ReadonlySet<string> = new Set([
  'redis-server',
  'chromium',
  'promtool',
  'prometheus',
  'amtool',
]);

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The program on PATH by the first of its names that is there, or null: what needs it is then skipped.
 *
 * @throws Error where `CI` is set and it may not be missing there
 */
export function findTool(names: readonly [string, ...string[]], env: Environment): string | null {
  const folders = (env['PATH'] ?? '').split(delimiter);
  const files = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  const found = files.find(isExecutable) ?? null;
  if (found === null && env['CI'] && neededInCi.has(names[0]))
    throw new Error(`CI is set and there is no ${names[0]} on PATH: its tests would be skipped`);
  return found;
}
