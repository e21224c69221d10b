import { isAbsolute, relative } from 'node:path';
import type { CliContext } from './context.ts';

/** A path as one types it in a folder: relative if it is below that folder. Below `/`, where cron may start, is everything. */
export function nearPath(from: string, path: string): string {
  const near = relative(from, path);
  return from === '/' || near.startsWith('..') || isAbsolute(near) ? path : near;
}

/** A word that a shell takes as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** How the user starts the program for a project: commands of another folder than theirs name it. */
export function commandFor({ command, cwd }: Pick<CliContext, 'command' | 'cwd'>, project: string): string {
  return project === cwd ? command : `${command} --project ${shellWord(nearPath(cwd, project))}`;
}
