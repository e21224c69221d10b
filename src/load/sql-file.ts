import { readFileSync } from 'node:fs';

const texts = new Map<string, string>();

/** The statement in `sql/<name>.sql`, beside this file in `src` and in `dist`. Read once a process. */
export function readSql(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
  texts.set(name, text);
  return text;
}
