import { describe, expect, test } from 'vitest';
import { codeWords, listFiles, readText, tableRows } from '../../support/doc-files.ts';
import { findSqlWrites, findTypedWrites, findWrites, type TableWrite } from '../../support/table-writers.ts';

/** Statements that write a table of another room too, and why they must. */
const shared: Readonly<Record<string, string>> = {
  'src/raw/sql/set-answer-aside.sql sync.quarantine':
    'one statement, so that an answer that is set aside never lacks its reason',
};

/** Each row of the document: a table, and the room that writes it. */
function readOwners(): (readonly [table: string, room: string])[] {
  const [, after = ''] = readText('docs/architecture.md').split('\n## Who writes which table');
  const rows = tableRows(after.split('\n## ')[0] ?? '').slice(2);
  return rows.flatMap(([room = '', tables = '']) =>
    codeWords(tables).map((table) => [table, codeWords(room)[0] ?? ''] as const),
  );
}

const owners = readOwners();
const ownerOf = new Map(owners);
// Here, where no time limit of a hook ends it on a loaded machine.
const found = findWrites();

const strayed = (writes: readonly TableWrite[]) =>
  writes
    .filter(({ file, table }) => ownerOf.get(table) !== file.split('/')[1])
    .map(({ file, table }) => `${file} ${table}`)
    .toSorted();

describe('each table has one room that writes it', () => {
  test('docs/architecture.md names every table once', () => {
    const made = listFiles('migrations', '.sql').flatMap((file) =>
      [...readText(file).matchAll(/^CREATE TABLE (\w+\.\w+)/gm)].map(([, table]) => table),
    );
    expect(made.length).toBeGreaterThan(40);
    expect(owners.map(([table]) => table).toSorted()).toEqual(made.toSorted());
  });

  test('no other room writes it, but for the statements that must', () => {
    expect(found.length).toBeGreaterThan(80);
    expect(strayed(found)).toEqual(Object.keys(shared).toSorted());
  });

  test('a planted statement and a planted query are found', () => {
    const sql =
      "-- DELETE FROM sync.slot\nUPDATE ONLY sync.run SET cause = 'UPDATE sync.token';\nTRUNCATE a.b, c.d;";
    expect(findSqlWrites('x.sql', sql).map(({ table }) => table)).toEqual(['sync.run', 'a.b', 'c.d']);
    const writes = findTypedWrites([], {
      'src/load/planted.ts': `import type { Database } from '../db/database.ts';
        import { run as started } from '../schema/sync.ts';
        import { offer } from '../schema/catalog.ts';
        export const write = (db: Database, both: typeof started | typeof offer) => db.delete(both);
        export const forget = (ids: Set<string>) => ids.delete('1');`,
    });
    expect(writes).toHaveLength(2);
    expect(strayed(writes)).toEqual(['src/load/planted.ts sync.run']);
  });
});
