import { readFileSync } from 'node:fs';

/** The version in package.json, also of a build. */
export function productVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
