import ts from 'typescript';

/** Where a statement reads the keys of the JSON that is a parameter of it. */
export interface JsonReader {
  /** Of the parameter, from 1. */
  readonly position: number;
  /** What `jsonb_to_recordset` names; or the table whose columns `jsonb_populate_recordset` reads. */
  readonly reads: readonly string[] | { readonly table: string };
}

/** The text between the bracket at `start` and the one that closes it. */
function insideBrackets(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return text.slice(start + 1, at);
  }
  throw new Error('a bracket is not closed');
}

/** The names in a list of columns with types, like `id bigint, "minCny" numeric(14, 4)`. */
function columnNames(list: string): string[] {
  const columns = list.replaceAll(/\([^)]*\)/g, '').split(',');
  return columns.map((column) => (column.trim().split(/\s+/)[0] ?? '').replaceAll('"', ''));
}

/**
 * The readers of keys in a statement; those of JSON that it made itself are none.
 * @throws Error when it reads keys of a parameter in another form than these
 */
export function findJsonReaders(statement: string): JsonReader[] {
  const text = statement.replaceAll(/--.*$/gm, '');
  const named = [...text.matchAll(/jsonb_to_record(?:set)?\(\$(\d+)::jsonb\)\s+AS\s+\w+\s*(?=\()/g)];
  const ofTables = [...text.matchAll(/jsonb_populate_record(?:set)?\(NULL::([\w.]+), \$(\d+)::jsonb\)/g)];
  const all = [...text.matchAll(/_record(?:set)?\([^)]*\$\d/g)];
  if (named.length + ofTables.length !== all.length) throw new Error('keys are read in a form of its own');
  return [
    ...named.map((found) => ({
      position: Number(found[1]),
      reads: columnNames(insideBrackets(text, found.index + found[0].length)),
    })),
    ...ofTables.map(([, table = '', position]) => ({ position: Number(position), reads: { table } })),
  ];
}

/** What a name stands for, where that is a constant; else the expression itself. */
function resolve(checker: ts.TypeChecker, expression: ts.Expression): ts.Expression {
  if (ts.isBinaryExpression(expression)) return resolve(checker, expression.right);
  if (!ts.isIdentifier(expression)) return expression;
  const declared = checker.getSymbolAtLocation(expression)?.valueDeclaration;
  const isConstant = declared && ts.isVariableDeclaration(declared) && ts.isIdentifier(declared.name);
  return isConstant && declared.initializer ? resolve(checker, declared.initializer) : expression;
}

function keysOf(checker: ts.TypeChecker, type: ts.Type): string[] | null {
  const row = checker.isArrayLikeType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : type;
  if (!row || row.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return null;
  const members = row.isUnion() ? row.types : [row];
  const names = members.flatMap((member) => checker.getPropertiesOfType(member)).map(({ name }) => name);
  return names.length > 0 ? [...new Set(names)] : null;
}

/**
 * The keys of the rows that a call of `runSql` or `applySql` sends as its parameter at `position`, by their type.
 * Null: the parameter is not `JSON.stringify(rows)`, or the rows have no type that names their keys.
 */
export function findSentKeys(
  checker: ts.TypeChecker,
  call: ts.CallExpression,
  position: number,
): string[] | null {
  const [, , given] = call.arguments;
  const params = given && resolve(checker, given);
  const param = params && ts.isArrayLiteralExpression(params) ? params.elements[position - 1] : undefined;
  const json = param && resolve(checker, param);
  if (!json || !ts.isCallExpression(json) || json.expression.getText() !== 'JSON.stringify') return null;
  const [rows] = json.arguments;
  return rows ? keysOf(checker, checker.getNonNullableType(checker.getTypeAtLocation(rows))) : null;
}
