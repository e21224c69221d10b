import { readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import type { Mutant } from './mutant.ts';

/** A test file that can see a mutant. */
export interface NearTest {
  readonly file: string;
  /** By how many imports it reaches the mutant's file, at least 1; support of tests counts as part of them. */
  readonly distance: number;
}

/** Which tests can see a mutant. */
export interface TestMap {
  /** Of the three projects, the fastest first: those of its room, and those that import its file themselves. */
  testsFor(mutant: Pick<Mutant, 'file' | 'room'>): Record<Project, NearTest[]>;
}

export const projects = ['unit', 'integration', 'system'] as const;
export type Project = (typeof projects)[number];

/** Many tests import the most common files. The narrowest are enough, for those of the room run as well. */
const maxOthers = 8;

/** With fewer, those follow that import the file by way of others. */
const minTests = 8;

/** Those of mutants read the code as it is, and fail of any change. */
const isTest = (file: string): boolean => file.endsWith('.test.ts') && !file.startsWith('test/unit/mutants/');

/** The SQL files of the room that a module names. */
function sqlNamedIn(file: string, text: string, sqlFiles: readonly string[]): string[] {
  if (!text.includes('readSql(')) return [];
  const room = file.split('/').slice(0, 2).join('/');
  return sqlFiles.filter(
    (sql) => sql.startsWith(`${room}/sql/`) && text.includes(`'${basename(sql, '.sql')}'`),
  );
}

function readImports(root: string, files: readonly string[]): Map<string, readonly string[]> {
  const sqlFiles = files.filter((file) => file.endsWith('.sql'));
  const modules = files.filter((file) => /^(src|test|bench)\/.*\.ts$/.test(file));
  return new Map(
    modules.map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const relative = ts
        .preProcessFile(text)
        .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => normalize(join(dirname(file), fileName)));
      return [file, [...relative, ...sqlNamedIn(file, text, sqlFiles)]];
    }),
  );
}

/** By how many imports a file reaches each that it imports; through modules of `test`, and to the SQL of a module, it is none more. */
function reach(imports: ReadonlyMap<string, readonly string[]>, file: string): Map<string, number> {
  const found = new Map([[file, 1]]);
  let at = [file];
  for (let distance = 1; at.length > 0; distance++) {
    const here = at;
    at = [];
    // It grows while it is walked.
    for (const from of here) {
      for (const next of imports.get(from) ?? []) {
        if (found.has(next)) continue;
        found.set(next, next.endsWith('.sql') ? (found.get(from) ?? distance) : distance);
        (next.startsWith('test/') ? here : at).push(next);
      }
    }
  }
  return found;
}

/** `usage.take` of `migrations/functions/usage-take.sql`; null for other files. */
function objectOf(file: string): string | null {
  const [, schema, name] = /^migrations\/\w+\/([a-z]+)-([\w-]+)\.sql$/.exec(file) ?? [];
  return schema && name ? `${schema}.${name.replaceAll('-', '_')}` : null;
}

/** Reads every module below `root` once. `files`: all of its files, from the root. */
export function createTestMap(root: string, files: readonly string[]): TestMap {
  const imports = readImports(root, files);
  const tests = files.filter(isTest).map((file) => {
    const [, project, room] = file.split('/');
    return {
      file,
      project,
      room,
      all: reach(imports, file),
      text: readFileSync(join(root, file), 'utf8'),
    };
  });
  type Test = (typeof tests)[number];
  // A test of `system` starts processes: what they run is in no import.
  const canSee = (test: Test, file: string) =>
    !file.startsWith('src/') || test.project === 'system' || test.all.has(file);
  const names = (test: Test, file: string) => {
    const object = objectOf(file);
    return object === null ? test.all.get(file) === 1 : test.text.includes(object);
  };
  const narrowest = (found: readonly Test[], count: number) =>
    found.toSorted((a, b) => a.all.size - b.all.size).slice(0, Math.max(0, count));
  return {
    testsFor: ({ file, room }) => {
      const own = tests.filter((test) => test.room === room && canSee(test, file));
      const foreign = tests.filter((test) => test.room !== room && test.project !== 'system');
      const direct = narrowest(
        foreign.filter((test) => names(test, file)),
        maxOthers,
      );
      const related = foreign.filter((test) => !direct.includes(test) && test.all.has(file));
      const chosen = [...own, ...direct, ...narrowest(related, minTests - own.length - direct.length)];
      // What starts processes, or calls functions of the database by way of others, is far away.
      const distanceOf = (test: Test) => (names(test, file) ? 1 : (test.all.get(file) ?? 4));
      const of = (project: Project) =>
        chosen
          .filter((test) => test.project === project)
          .map((test) => ({ file: test.file, distance: distanceOf(test) }));
      return { unit: of('unit'), integration: of('integration'), system: of('system') };
    },
  };
}
