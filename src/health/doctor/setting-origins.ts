import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configKeys, envFileNames, parseEnvText, type Environment } from '../../config/environment.ts';

/** What an env file says; nothing when it can't be read, which another check reports. */
function readEnvFile(file: string): Environment {
  try {
    return parseEnvText(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

/** Where each setting that has a value got it from: `the environment`, `.env.local` or `.env`. Never the value. */
export function findOrigins(projectDir: string, env: Environment): ReadonlyMap<string, string> {
  const files = envFileNames.map((name) => [name, readEnvFile(join(projectDir, name))] as const);
  const sources: readonly (readonly [string, Environment])[] = [['the environment', env], ...files];
  const placeOf = (name: string) => sources.find(([, values]) => values[name])?.[0];
  return new Map(
    configKeys.flatMap((key) => {
      const byFile = placeOf(`${key}_FILE`);
      const origin = placeOf(key) ?? (byFile === undefined ? undefined : `${key}_FILE of ${byFile}`);
      return origin === undefined ? [] : [[key, origin] as const];
    }),
  );
}

/** All variables as they count: the environment over `.env.local` over `.env`. */
export function findSettings(projectDir: string, env: Environment): Environment {
  const files = envFileNames.map((name) => readEnvFile(join(projectDir, name)));
  return Object.assign({}, ...files.toReversed(), env) as Environment;
}
