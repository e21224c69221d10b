import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { buildProgram } from '../../bench/chaos/build-program.ts';
import { until } from './until.ts';

/**
 * The path of `catalog-sync.js` as it is installed, built once a run by who needs it first. Its processes start in half
 * of the time that those of the sources take, each of which is compiled anew.
 */
export async function builtProgram(): Promise<string> {
  const folder = join(inject('testServers').scratchFolder, 'program');
  try {
    mkdirSync(`${folder}.building`);
  } catch {
    await until(() => existsSync(folder), { timeoutMs: 120_000, what: 'another file builds the program' });
    return join(folder, 'bin', 'catalog-sync.js');
  }
  buildProgram(join(`${folder}.building`, 'program'));
  renameSync(join(`${folder}.building`, 'program'), folder);
  return join(folder, 'bin', 'catalog-sync.js');
}
