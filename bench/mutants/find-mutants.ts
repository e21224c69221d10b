import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSeededRandom } from '../chaos/seeded-random.ts';
import { toMutants, type Mutant } from './mutant.ts';
import { mutateSql } from './mutate-sql.ts';
import { mutateTypeScript } from './mutate-typescript.ts';

/** Whose tests see what a function of the database does, by its schema. */
const roomOfSchema: Readonly<Record<string, string>> = {
  usage: 'ledger',
  catalog: 'load',
  sync: 'db',
  analytics: 'views',
};

/**
 * The room whose tests a file must pass; null: nothing in it decides. The views of the database are a room of their own. The
 * functions of the release before serve an upgrade only, and its tests are not those of a room.
 */
export function findRoom(file: string): string | null {
  const [top = '', folder = '', name = ''] = file.split('/');
  if (top === 'src') return /\.(ts|sql)$/.test(file) ? folder : null;
  if (top !== 'migrations' || !name.endsWith('.sql') || name.endsWith('--previous.sql')) return null;
  if (folder === 'views') return name === 'zz-grants.sql' ? null : 'views';
  return folder === 'functions' ? (roomOfSchema[name.split('-')[0] ?? ''] ?? null) : null;
}

/** Every mutant of the given files below `root`, by room. */
export function findMutants(root: string, files: readonly string[]): Map<string, Mutant[]> {
  const byRoom = new Map<string, Mutant[]>();
  for (const file of files.toSorted()) {
    const room = findRoom(file);
    if (room === null) continue;
    const text = readFileSync(join(root, file), 'utf8');
    const changes = file.endsWith('.sql') ? mutateSql(text) : mutateTypeScript(file, text);
    byRoom.set(room, [...(byRoom.get(room) ?? []), ...toMutants({ room, file, text }, changes)]);
  }
  return byRoom;
}

const numberOf = (text: string): number => createHash('sha256').update(text).digest().readUInt32LE();

/** The mutants of one room in the order of the seed, whatever other rooms are asked for: at most one of each line. */
export function orderMutants(room: string, mutants: readonly Mutant[], seed: number): Mutant[] {
  const lines = new Set<string>();
  return createSeededRandom(seed ^ numberOf(room))
    .shuffle(mutants)
    .filter(({ file, line }) => {
      const place = `${file}:${line}`;
      return !lines.has(place) && lines.add(place);
    });
}
