import { basename } from 'node:path';
import { nearPath, shellWord } from '../app/command-for.ts';
import type { Environment } from '../config/process-environment.ts';

/** The variable by which the author of a compose file says how people reach the program. */
export const commandVariable = 'CATALOG_SYNC_COMMAND';

/** What a process knows of how it was started. */
interface Start {
  /** The file that Node was given, or the link that a package manager made to it. */
  readonly script: string;
  readonly cwd: string;
  readonly env: Environment;
}

/**
 * How the user starts the program where they are. An installed package has links of its name; a checkout has none. Of a
 * container the image knows nothing but the file: whoever wrote the compose file says how to reach it.
 */
export function nameCommand({ script, cwd, env }: Start): string {
  const said = env[commandVariable];
  if (said) return said;
  if (basename(script) === 'catalog-sync')
    return script.endsWith('node_modules/.bin/catalog-sync') ? 'npx catalog-sync' : 'catalog-sync';
  return `node ${shellWord(nearPath(cwd, script))}`;
}
