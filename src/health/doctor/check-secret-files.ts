import { statSync } from 'node:fs';
import { join } from 'node:path';
import { envFileNames, secretKeys, type Environment } from '../../config/environment.ts';
import { warn, type Check } from './check.ts';
import { findSettings } from './setting-origins.ts';

const name = 'secret files';

/**
 * The files with secrets that other users of this machine can read. Files of other users are left out: mounted secrets
 * of containers have modes that cannot be changed.
 */
export function checkSecretFiles(projectDir: string, env: Environment): Check[] {
  const settings = findSettings(projectDir, env);
  const named = secretKeys.flatMap((key) => settings[`${key}_FILE`] ?? []);
  const own = [...envFileNames, '.catalog-sync/record.key'].map((file) => join(projectDir, file));
  return [...new Set([...own, ...named])].flatMap((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found?.isFile() || found.uid !== process.getuid?.() || !(found.mode & 0o077)) return [];
    const mode = (found.mode & 0o777).toString(8);
    return [
      warn(
        name,
        `other users of this machine can read ${file} (mode ${mode})`,
        `Run \`chmod 600 '${file}'\`.`,
      ),
    ];
  });
}
