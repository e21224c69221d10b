import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJsonObject, parseJson } from '../../core/json.ts';

/** One file of the `migrations` folder, in the order of drizzle-kit's journal. */
export interface Migration {
  readonly name: string;
  /** When it was generated, in ms: the key under which drizzle books a migration as applied. */
  readonly createdAtMs: number;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
}

/** A file of `migrations/functions` or `migrations/views`. */
interface RepeatableFile {
  readonly name: string;
  readonly sql: string;
}

/** What is re-created after migrations, each in the order of the names of its files. */
export interface Repeatables {
  readonly functions: readonly RepeatableFile[];
  readonly views: readonly RepeatableFile[];
  /** SHA-256 over all of them, hex. */
  readonly hash: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** `migrations` beside package.json, whether this file runs from `src` or from `dist`. */
export function findMigrationsFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'migrations');
}

function readEntry(entry: unknown): { tag: string; when: number } {
  if (isJsonObject(entry) && typeof entry['tag'] === 'string' && typeof entry['when'] === 'number') {
    return { tag: entry['tag'], when: entry['when'] };
  }
  throw new Error('migrations/meta/_journal.json has an entry without tag or when');
}

/** Reads every migration that the journal names. */
export function readMigrations(folder: string): Migration[] {
  const journal = parseJson(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8'));
  const entries = isJsonObject(journal) && Array.isArray(journal['entries']) ? journal['entries'] : [];
  return entries.map((entry: unknown) => {
    const { tag, when } = readEntry(entry);
    const sql = readFileSync(join(folder, `${tag}.sql`), 'utf8');
    return { name: tag, createdAtMs: when, sql, hash: sha256(sql) };
  });
}

function readFolder(folder: string): RepeatableFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => ({ name, sql: readFileSync(join(folder, name), 'utf8') }));
}

/** Reads the functions and views that are re-created after the migrations. */
export function readRepeatables(folder: string): Repeatables {
  const functions = readFolder(join(folder, 'functions'));
  const views = readFolder(join(folder, 'views'));
  return { functions, views, hash: sha256(JSON.stringify([functions, views])) };
}
