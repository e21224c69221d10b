import type { Environment } from './process-environment.ts';

/** Names and values; an empty value is none. */
const valuesOf = (source: Environment): [string, string][] =>
  Object.entries(source).flatMap(([name, value]) => (value ? [[name, value]] : []));

/**
 * The settings of several sources. Of one that several have, the first source counts.
 *
 * @param secretKeys names of settings that are also given as `<NAME>_FILE`
 */
export function mergeSettings(sources: readonly Environment[], secretKeys: readonly string[]): Environment {
  const keyOfFile = new Map(secretKeys.map((key) => [`${key}_FILE`, key]));
  const known = new Set<string>();
  return Object.fromEntries(
    sources.flatMap((source) => {
      const values = valuesOf(source).filter(([name]) => !known.has(keyOfFile.get(name) ?? name));
      for (const [name] of values) known.add(keyOfFile.get(name) ?? name);
      return values;
    }),
  );
}
