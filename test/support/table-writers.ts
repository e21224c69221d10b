import { relative } from 'node:path';
import ts from 'typescript';
import { listFiles, readText, root } from './doc-files.ts';

/** A statement that writes a table, by the file that has it. */
export interface TableWrite {
  /** Like `src/load/sql/merge-prices.sql`. */
  readonly file: string;
  /** Like `catalog.price`. */
  readonly table: string;
}

const writes =
  /\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)\s+(?:ONLY\s+)?((?:\w+\.\w+)(?:\s*,\s*\w+\.\w+)*)/gi;

/** The tables that a statement writes, as it names them. What stands in comments and between quotes does not count. */
export function findSqlWrites(file: string, text: string): TableWrite[] {
  const code = text.replaceAll(/--.*|'(?:[^']|'')*'/g, ' ');
  const tables = [...code.matchAll(writes)].flatMap(([, named = '']) => named.split(/\s*,\s*/));
  return [...new Set(tables)].map((table) => ({ file, table }));
}

function literalOf(checker: ts.TypeChecker, type: ts.Type, property: string, at: ts.Node): string | null {
  const symbol = type.getProperty(property);
  const found = symbol && checker.getTypeOfSymbolAtLocation(symbol, at);
  return found?.isStringLiteral() ? found.value : null;
}

/** The tables that a value may be, by the types that drizzle gives them. */
function tablesOf(checker: ts.TypeChecker, value: ts.Expression): string[] {
  const type = checker.getTypeAtLocation(value);
  return (type.isUnion() ? type.types : [type]).flatMap((member) => {
    const config = member.getProperty('_');
    if (!config) return [];
    const described = checker.getTypeOfSymbolAtLocation(config, value);
    const [schema, name] = ['schema', 'name'].map((key) => literalOf(checker, described, key, value));
    return schema && name ? [`${schema}.${name}`] : [];
  });
}

/** Every `.insert(table)`, `.update(table)` and `.delete(table)` of drizzle in some files. `planted`: files that are not there. */
export function findTypedWrites(
  files: readonly string[],
  planted: Readonly<Record<string, string>> = {},
): TableWrite[] {
  const read = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...read.config, include: [] }, ts.sys, root);
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => planted[relative(root, path)] ?? readFile(path);
  const names = [...files, ...Object.keys(planted)];
  const program = ts.createProgram(
    names.map((file) => `${root}/${file}`),
    options,
    host,
  );
  const checker = program.getTypeChecker();
  const found: TableWrite[] = [];
  const visit = (file: string, node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const [value] = node.arguments;
      if (value && ['insert', 'update', 'delete'].includes(node.expression.name.text))
        found.push(...tablesOf(checker, value).map((table) => ({ file, table })));
    }
    ts.forEachChild(node, (child) => visit(file, child));
  };
  for (const file of names) {
    const source = program.getSourceFile(`${root}/${file}`);
    if (source) visit(file, source);
  }
  return found;
}

/** Every write of a table in `src`. */
export function findWrites(): TableWrite[] {
  const statements = listFiles('src', '.sql').flatMap((file) => findSqlWrites(file, readText(file)));
  const typed = listFiles('src', '.ts').filter((file) => /\.(insert|update|delete)\(/.test(readText(file)));
  return [...statements, ...findTypedWrites(typed)];
}
