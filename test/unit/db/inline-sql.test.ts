import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

/*
 * Tables are read and written by typed queries or by `.sql` files. There is no other SQL in the code, except these
 * statements, which are of no table of ours.
 */
const allowed: readonly { readonly file: string; readonly begins: RegExp; readonly because: string }[] = [
  { file: 'advisory-locks.ts', begins: /^SELECT pg_\w*advisory/, because: 'locks of the server' },
  {
    file: 'migrate.ts',
    begins: /^(SELECT|INSERT)/,
    because: 'the book of migrations is there before the schema',
  },
  {
    file: 'applied-migrations.ts',
    begins: /^SELECT/,
    because: 'the same book, and what other schemas there are',
  },
  {
    file: 'make-repeatables.ts',
    begins: /^(SELECT|INSERT|DELETE)/,
    because: 'the book of functions and views',
  },
  { file: 'read-only-transaction.ts', begins: /^SELECT set_config/, because: 'settings of a transaction' },
  { file: 'export-rows.ts', begins: /^SELECT set_config/, because: 'settings of a transaction' },
  { file: 'export-rows.ts', begins: /^SELECT oid FROM pg_type/, because: 'types of the server' },
  { file: 'export-rows.ts', begins: /^SELECT$/, because: 'writes the columns of a query that a person gave' },
  { file: 'export-changes.ts', begins: /^SELECT( \* FROM)?$/, because: 'reads every table, by its name' },
  {
    file: 'find-relation.ts',
    begins: /^SELECT \* FROM$/,
    because: 'reads the table or view that a person named',
  },
  {
    file: 'memory.ts',
    begins: /^(SELECT offer_id|INSERT INTO reprocessed)/,
    because: 'a temporary table, which is there on its connection only',
  },
  { file: 'connect.ts', begins: /^select/, because: 'asks the server for a database, or whether it answers' },
];

const root = fileURLToPath(new URL('../../../src', import.meta.url));
const statement = /^\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH|MERGE\s+INTO|VALUES|CALL|TRUNCATE)\b/;

function isArgumentOfQuery(node: ts.Node): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[0] !== node) return false;
  return (
    ts.isPropertyAccessExpression(call.expression) &&
    ['query', 'execute', 'raw'].includes(call.expression.name.text)
  );
}

/** The text of a string or template; null: the node is none. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isTemplateExpression(node) ? node.head.text : null;
}

interface Inline {
  readonly at: string;
  readonly file: string;
  readonly text: string;
}

function findInline(name: string, code: string): Inline[] {
  const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true);
  const found: Inline[] = [];
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== null && statement.test(isArgumentOfQuery(node) ? text.toUpperCase() : text)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ at: `src/${name}:${String(line)}`, file: basename(name), text: text.trim() });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function findAll(): Inline[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return names.flatMap((name) => findInline(name, readFileSync(`${root}/${name}`, 'utf8')));
}

const found = findAll();

it('has no SQL of a table in the code', () => {
  const isAllowed = ({ file, text }: Inline) =>
    allowed.some((place) => place.file === file && place.begins.test(text));
  expect(
    found.filter((inline) => !isAllowed(inline)).map(({ at, text }) => `${at}: ${text.slice(0, 60)}`),
  ).toEqual([]);
});

it('has no place that is allowed for nothing', () => {
  const idle = allowed.filter(
    ({ file, begins }) => !found.some((it) => it.file === file && begins.test(it.text)),
  );
  expect(idle.map(({ file }) => file)).toEqual([]);
});

it('finds statements in any kind of string', () => {
  const code = [
    "await pool.query('select 1 from t');",
    'const text = `UPDATE t SET a = ${1}`;',
    'await db.execute(sql`\n  DELETE FROM t`);',
    "log.info('Update is done, with care');",
  ].join('\n');
  expect(findInline('a.ts', code).map(({ at }) => at)).toEqual(['src/a.ts:1', 'src/a.ts:2', 'src/a.ts:3']);
});
