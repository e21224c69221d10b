import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import ts from 'typescript';
import { migrate } from '../../src/db/migrate.ts';
import type { Logger } from '../../src/core/log.ts';
import { databaseUrl, dropDatabase, withAdmin } from '../../test/support/admin.ts';
import { describeStatement } from '../../test/support/describe-statement.ts';
import { plantMutant, type Mutant } from './mutant.ts';

/** Says whether a mutant is a program at all: one that the compiler or Postgres refuses needs no test. */
export interface MutantCheck {
  isAccepted(mutant: Mutant): Promise<boolean>;
  close(): Promise<void>;
}

/** Types of the mutated module itself; those of the modules that import it are not checked again. */
function createTypeCheck(root: string, files: readonly string[]): (mutant: Mutant) => boolean {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)).config,
    ts.sys,
    root,
  );
  const modules = files.filter((file) => /^src\/.*\.ts$/.test(file)).map((file) => join(root, file));
  let planted: { file: string; text: string } | null = null;
  let version = 0;
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options,
    getScriptFileNames: () => modules,
    getCurrentDirectory: () => root,
    getDefaultLibFileName: (given) => ts.getDefaultLibFilePath(given),
    fileExists: (file) => ts.sys.fileExists(file),
    readFile: (file) => ts.sys.readFile(file),
    getScriptVersion: (file) => (planted?.file === file ? String(version) : '0'),
    getScriptSnapshot: (file) => {
      const text = planted?.file === file ? planted.text : ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
  });
  return (mutant) => {
    const file = join(root, mutant.file);
    version += 1;
    planted = { file, text: plantMutant(readFileSync(file, 'utf8'), mutant) };
    const found = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
    planted = null;
    return found.length === 0;
  };
}

/** A view can not be replaced by one with other columns, and others may stand on it. */
function replaceObject(file: string, text: string): string {
  const view = /^CREATE (?:OR REPLACE )?VIEW ([\w.]+)/m.exec(text)?.[1];
  return file.startsWith('migrations/views/') && view
    ? `DROP VIEW IF EXISTS ${view} CASCADE;\n${text}`
    : text;
}

async function isSqlAccepted(client: pg.Client, root: string, mutant: Mutant): Promise<boolean> {
  const text = plantMutant(readFileSync(join(root, mutant.file), 'utf8'), mutant);
  await client.query('BEGIN');
  try {
    if (mutant.file.startsWith('src/')) await describeStatement(client, text);
    else await client.query(replaceObject(mutant.file, text));
    return true;
  } catch {
    return false;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** @param adminUrl a superuser's url of a Postgres in which it makes a database, until it is closed */
export async function createMutantCheck(
  { root, files }: { readonly root: string; readonly files: readonly string[] },
  { adminUrl, log }: { readonly adminUrl: string; readonly log: Logger },
): Promise<MutantCheck> {
  const name = `mutants_${process.pid}`;
  const url = databaseUrl(adminUrl, name);
  await withAdmin(adminUrl, (admin) => admin.query(`create database ${name} template template0`));
  await migrate({ connectionString: url, log });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  let isTyped: ((mutant: Mutant) => boolean) | undefined;
  return {
    isAccepted: async (mutant) =>
      mutant.file.endsWith('.sql')
        ? isSqlAccepted(client, root, mutant)
        : (isTyped ??= createTypeCheck(root, files))(mutant),
    close: async () => {
      await client.end();
      await withAdmin(adminUrl, (admin) => dropDatabase(admin, name));
    },
  };
}
