import type { DatabaseFunction, Relation, Schema } from './read-schema.ts';
import { listReferences, type Reference } from './references.ts';

const introduction = `# Data dictionary

Every table, view and column, in the words of the database's own comments. \`npm run docs:schema\` writes this page from
a migrated database, and a test fails while it says something else. [querying.md](querying.md) says how to begin, and
[cookbook.md](cookbook.md) has questions with their SQL.

Times are instants (\`timestamptz\`) by the clock of the call ledger; a \`day\` is one of Shanghai, which is the provider's.
Money is in yuan for one unit. In the diagrams, a solid line is enforced by a foreign key. A dotted one is not, so that old
calls and answers can be deleted; what it names may be gone.
`;

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const flat = (name: string) => name.replace('.', '_');
const shortType = (type: string) => type.replace('timestamp with time zone', 'timestamptz');

function describeRelation(relation: Relation): string {
  const { schema, name, isView, comment, columns, key } = relation;
  const refers = new Map(
    listReferences(relation)
      .filter(({ to, isEnforced }) => isEnforced || !to.startsWith('usage.'))
      .flatMap(({ columns: from, to }) => from.map((column) => [column, to])),
  );
  const rows = columns.map((column) => {
    const marks = [key.includes(column.name) ? 'key' : '', refers.get(column.name) ?? ''].filter(Boolean);
    const nullable = isView ? '' : column.isNullable ? 'null' : '';
    return `| \`${column.name}\` | ${shortType(column.type)} | ${nullable} | ${marks.join(', ')} | ${cell(column.comment)} |`;
  });
  return [
    `### ${schema}.${name}`,
    `${isView ? 'View. ' : ''}${comment}`,
    rows.length === 0
      ? 'It has no column.'
      : [
          '| column | type | null | key, refers to | meaning |',
          '| --- | --- | --- | --- | --- |',
          ...rows,
        ].join('\n'),
  ].join('\n\n');
}

function describeFunction({ schema, signature, result, comment }: DatabaseFunction): string {
  return `- \`${schema}.${signature}\` gives \`${result}\`. ${comment}`;
}

/** Key columns, and those that refer to something: all of them would hide the picture. */
function drawEntity(relation: Relation, references: readonly Reference[]): string {
  const referring = new Set(references.flatMap(({ columns }) => columns));
  const columns = relation.columns.filter(({ name }) => relation.key.includes(name) || referring.has(name));
  const lines = columns.map(({ name, type }) => {
    const marks = [relation.key.includes(name) ? 'PK' : '', referring.has(name) ? 'FK' : ''].filter(Boolean);
    return `    ${shortType(type).replace(/\(.*\)|\[\]| /g, '')} ${name} ${marks.join(', ')}`.trimEnd();
  });
  return [`  ${flat(`${relation.schema}.${relation.name}`)} {`, ...lines, '  }'].join('\n');
}

function drawLine({ from, to, columns, isEnforced }: Reference): string {
  return `  ${flat(to)} ${isEnforced ? '||--o{' : '|o..o{'} ${flat(from)} : "${columns.join(', ')}"`;
}

/** Without what every row has: the call, run and answer that it came by. */
function draw(schema: Schema): string {
  const provenance = new Set(['usage.api_call', 'sync.run', 'raw.payload']);
  const drawn = schema.relations
    .filter(({ isView, columns }) => columns.length > 0 && isView === (schema.name === 'analytics'))
    .map((relation) => ({
      relation,
      references: listReferences(relation).filter(
        ({ to, isEnforced }) => isEnforced || schema.name === 'usage' || !provenance.has(to),
      ),
    }));
  const lines = [
    ...drawn.map(({ relation, references }) => drawEntity(relation, references)),
    ...drawn.flatMap(({ references }) => references.map(drawLine)),
  ];
  return ['```mermaid', 'erDiagram', ...lines, '```'].join('\n');
}

function describeSchema(schema: Schema): string {
  const functions = schema.functions.map(describeFunction).join('\n');
  return [
    `## Schema ${schema.name}`,
    schema.comment,
    draw(schema),
    ...schema.relations.map(describeRelation),
    ...(functions === '' ? [] : [`### Functions of ${schema.name}`, functions]),
  ].join('\n\n');
}

/** docs/data-dictionary.md, before it is formatted. */
export function writeDictionary(schemas: readonly Schema[]): string {
  return [introduction, ...schemas.map(describeSchema), 'Next: [Operations](operations.md)'].join('\n\n');
}
