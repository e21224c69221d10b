import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { findSentKeys } from './json-keys.ts';

const root = fileURLToPath(new URL('../../', import.meta.url)).slice(0, -1);

/** The kinds of values that node-postgres makes of a column. */
export type ValueKind =
  | 'string'
  | 'number'
  | 'boolean'
  | 'Date'
  | 'Buffer'
  | 'json'
  | `${'string' | 'number' | 'boolean' | 'Date'}[]`;

/** What a call of `runSql` declares of a row: for each property, a test of the kind its column has. */
export type DeclaredRow = ReadonlyMap<string, (kind: ValueKind) => boolean>;

/** One use of a `.sql` file in `src`. */
export interface SqlUse {
  /** Like `src/ledger/sql/list-blocks.sql`. */
  readonly file: string;
  /** Like `src/ledger/block-store.ts:27`. */
  readonly at: string;
  /** `rows`: by `runSql` or `runSqlForOne`, the rows are read; `none`: by `applySql`, they are not; `untyped`: anything else. */
  readonly reads: 'rows' | 'none' | 'untyped';
  readonly row: DeclaredRow | null;
  /** The keys of the JSON that is its parameter at a position, from 1; null: they are not known. */
  readonly sentKeys: (position: number) => readonly string[] | null;
}

/** Files that are not there, by path: what a test plants. */
export type PlantedFiles = Readonly<Record<string, string>>;

const isReader = /\b(?:readSql|createSqlReader)\b/;

function createProgram(planted: PlantedFiles): ts.Program {
  const read = ts.readConfigFile(`${root}/tsconfig.json`, (path) => ts.sys.readFile(path));
  const config = ts.parseJsonConfigFileContent({ ...read.config, include: ['src'] }, ts.sys, root);
  const host = ts.createCompilerHost(config.options);
  const readFile = host.readFile.bind(host);
  host.readFile = (path) => planted[relative(root, path)] ?? readFile(path);
  const plantedNames = Object.keys(planted).map((path) => `${root}/${path}`);
  // Most files read no statement, and what they alone import need not be parsed.
  const names = [...config.fileNames, ...plantedNames].filter((path) =>
    isReader.test(host.readFile(path) ?? ''),
  );
  return ts.createProgram(names, config.options, host);
}

/** The members of a union, without null and undefined. */
function membersOf(type: ts.Type): readonly ts.Type[] {
  const members = type.isUnion() ? type.types : [type];
  return members.filter((member) => !(member.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)));
}

const primitives: Partial<Record<ValueKind, ts.TypeFlags>> = {
  string: ts.TypeFlags.StringLike,
  number: ts.TypeFlags.NumberLike,
  boolean: ts.TypeFlags.BooleanLike,
};

function isOfKind(checker: ts.TypeChecker, type: ts.Type, kind: ValueKind): boolean {
  if (kind === 'json') return !isOfKind(checker, type, 'Date') && !isOfKind(checker, type, 'Buffer');
  if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return false;
  return membersOf(type).every((member) => {
    const flag = primitives[kind];
    if (flag !== undefined) return (member.flags & flag) !== 0;
    if (!kind.endsWith('[]')) return member.getSymbol()?.name === kind;
    const element = checker.isArrayLikeType(member)
      ? checker.getTypeArguments(member as ts.TypeReference)[0]
      : undefined;
    return element !== undefined && isOfKind(checker, element, kind.slice(0, -2) as ValueKind);
  });
}

function readRow(checker: ts.TypeChecker, row: ts.Type, at: ts.Node): DeclaredRow | null {
  const members = membersOf(row);
  const isOpen = members.some(
    ({ flags }) => flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter),
  );
  const properties = members.flatMap((member) => checker.getPropertiesOfType(member));
  if (isOpen || properties.length === 0) return null;
  const names = [...new Set(properties.map(({ name }) => name))];
  const typesOf = (name: string) =>
    properties
      .filter((property) => property.name === name)
      .map((property) => checker.getTypeOfSymbolAtLocation(property, at));
  return new Map(
    names.map((name) => {
      const types = typesOf(name);
      return [name, (kind: ValueKind) => types.every((type) => isOfKind(checker, type, kind))];
    }),
  );
}

/** The declaration that a name stands for, through imports. */
function declarationOf(checker: ts.TypeChecker, name: ts.Node): ts.Declaration | undefined {
  const symbol = checker.getSymbolAtLocation(name);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return target?.valueDeclaration;
}

/** The folder of a reader that `createSqlReader(new URL('./<folder>/', import.meta.url))` made; null: it is none. */
function readerFolder(checker: ts.TypeChecker, callee: ts.Expression): string | null {
  const declared = declarationOf(checker, callee);
  if (!declared || !ts.isVariableDeclaration(declared) || !declared.initializer) return null;
  const { initializer } = declared;
  if (!ts.isCallExpression(initializer) || initializer.expression.getText() !== 'createSqlReader')
    return null;
  const folder = /new URL\('\.\/([^']+)\/', import\.meta\.url\)/.exec(initializer.getText())?.[1];
  return folder === undefined
    ? null
    : `${dirname(relative(root, declared.getSourceFile().fileName))}/${folder}`;
}

/** The names that a reader is asked for; more than one where the argument chooses between literals. */
function namesOf(checker: ts.TypeChecker, argument: ts.Expression | undefined): string[] {
  if (!argument) return [];
  const type = checker.getTypeAtLocation(argument);
  const literals = (type.isUnion() ? type.types : [type]).filter((member) => member.isStringLiteral());
  return literals.map(({ value }) => value).sort();
}

function useOf(checker: ts.TypeChecker, reader: ts.CallExpression): Omit<SqlUse, 'file' | 'at'> {
  const call = reader.parent;
  const untyped = { reads: 'untyped', row: null, sentKeys: () => null } as const;
  if (!ts.isCallExpression(call) || call.arguments[1] !== reader) return untyped;
  const runner = call.expression.getText();
  const sentKeys = (position: number) => findSentKeys(checker, call, position);
  if (runner === 'applySql') return { reads: 'none', row: null, sentKeys };
  if (runner !== 'runSql' && runner !== 'runSqlForOne') return untyped;
  const found = checker.getAwaitedType(checker.getTypeAtLocation(call));
  const row = runner === 'runSql' ? checker.getTypeArguments(found as ts.TypeReference)[0] : found;
  const declared = row ? readRow(checker, row, call) : null;
  return declared ? { reads: 'rows', row: declared, sentKeys } : untyped;
}

function usesIn(checker: ts.TypeChecker, source: ts.SourceFile): SqlUse[] {
  const uses: SqlUse[] = [];
  const visit = (node: ts.Node): void => {
    // A reader is a constant. To ask what any other callee is would check the types of all of the code.
    const callee = ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? node.expression : null;
    const folder = callee && readerFolder(checker, callee);
    if (folder !== null && ts.isCallExpression(node)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      const at = `${relative(root, source.fileName)}:${String(line)}`;
      const names = namesOf(checker, node.arguments[0]);
      const use = useOf(checker, node);
      uses.push(
        ...(names.length > 0 ? names : ['?']).map((name) => ({ file: `${folder}/${name}.sql`, at, ...use })),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return uses;
}

/** Every use of a `.sql` file in `src`, and in the files that are planted. */
export function findSqlUses(planted: PlantedFiles = {}): SqlUse[] {
  const program = createProgram(planted);
  const checker = program.getTypeChecker();
  return program
    .getSourceFiles()
    .filter((source) => !source.isDeclarationFile && !source.fileName.includes('/node_modules/'))
    .flatMap((source) => usesIn(checker, source));
}
