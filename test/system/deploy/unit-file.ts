import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/compose-file.ts';

export const units = [
  'catalog-sync.service',
  'catalog-sync-serve.service',
  'catalog-sync-worker@.service',
  'catalog-sync.timer',
] as const;
export type Unit = (typeof units)[number];

export const readUnit = (unit: Unit): string => readFileSync(join(root, 'deploy/systemd', unit), 'utf8');

/** The values of a key, in file order. */
export function unitValues(unit: Unit, key: string): string[] {
  return [...readUnit(unit).matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1] ?? '');
}

/** The lines of a unit's section, without comments. */
export function sectionLines(unit: Unit, section: string): string[] {
  const [, text = ''] = readUnit(unit).split(`[${section}]\n`);
  const [own = ''] = text.split(/^\[/m);
  return own.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
