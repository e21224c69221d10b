import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  configKeys,
  envFileNames,
  parseEnvText,
  secretKeys,
  type Environment,
} from '../../config/environment.ts';
import { mergeSettings } from '../../config/merge-settings.ts';

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
  return new Map(
    configKeys.flatMap((key) => {
      const [place, values] =
        sources.find(([, source]) => [key, `${key}_FILE`].some((name) => source[name])) ?? [];
      if (place === undefined) return [];
      return [[key, values?.[key] ? place : `${key}_FILE of ${place}`] as const];
    }),
  );
}

/** All variables as they count: the environment over `.env.local` over `.env`. */
export function findSettings(projectDir: string, env: Environment): Environment {
  const files = envFileNames.map((name) => readEnvFile(join(projectDir, name)));
  return mergeSettings([env, ...files], secretKeys);
}
