import { stringify } from 'yaml';
import type { Relation, Schema } from './read-schema.ts';
import { listReferences } from './references.ts';

const introduction = `# Sources for dbt: the views that the role catalog_bi reads.
# Written by \`npm run docs:schema\` from the comments and constraints of the database.
`;

/** What is read by days: a test of all of it would lay out every day of every price. */
const recent = 'day > (select day - 7 from analytics.clock)';

interface Freshness {
  readonly loaded_at_field: string;
  readonly freshness: object;
}

/** Views that get rows whenever catalog-sync works, with the time that says so. */
const loadTimes: Readonly<Record<string, Freshness>> = {
  'analytics.fct_observation': {
    loaded_at_field: 'observed_at',
    freshness: {
      warn_after: { count: 2, period: 'day' },
      error_after: { count: 7, period: 'day' },
      filter: 'day > (select day - 8 from analytics.clock)',
    },
  },
  'usage.by_run': {
    loaded_at_field: 'started_at',
    freshness: { warn_after: { count: 2, period: 'day' }, error_after: { count: 7, period: 'day' } },
  },
};

type Test = string | Readonly<Record<string, object>>;

const nameOf = ({ schema, name }: Relation) => `${schema}.${name}`;

/** A test with what it is asked of: of facts, the last days. */
function makeTest(relation: Relation, name: string, options: object = {}): Test {
  const isByDay =
    relation.name.startsWith('fct_') && relation.columns.some((column) => column.name === 'day');
  const config = isByDay ? { config: { where: recent } } : {};
  const all = { ...options, ...config };
  return Object.keys(all).length === 0 ? name : { [name]: all };
}

/** Rows of a dimension that a column names. A category is there once its node was visited. */
function relationshipTests(relation: Relation, column: string): Test[] {
  return listReferences(relation)
    .filter(({ to, columns }) => to.startsWith('analytics.dim_') && columns.includes(column))
    .filter(({ to }) => to !== 'analytics.dim_category')
    .map(({ to }) => {
      const [schema = '', table = ''] = to.split('.');
      return makeTest(relation, 'relationships', { to: `source('${schema}', '${table}')`, field: column });
    });
}

function testsOf(relation: Relation, column: string, accepted: readonly string[] | undefined): Test[] {
  const isKey = relation.key.includes(column);
  return [
    ...(isKey && relation.key.length === 1 ? [makeTest(relation, 'unique')] : []),
    ...(isKey ? [makeTest(relation, 'not_null')] : []),
    ...(accepted ? [makeTest(relation, 'accepted_values', { values: accepted })] : []),
    ...relationshipTests(relation, column),
  ];
}

function describeTable(relation: Relation, accepted: ReadonlyMap<string, readonly string[]>) {
  const { key } = relation;
  return {
    name: relation.name,
    description: relation.comment,
    ...loadTimes[nameOf(relation)],
    ...(key.length > 1 ? { data_tests: [makeTest(relation, 'unique_together', { columns: key })] } : {}),
    columns: relation.columns.map(({ name, type, comment }) => {
      const tests = testsOf(relation, name, accepted.get(`${nameOf(relation)}.${name}`));
      return {
        name,
        description: comment,
        data_type: type,
        ...(tests.length > 0 ? { data_tests: tests } : {}),
      };
    }),
  };
}

/** deploy/dbt/models/sources.yml: the views of the schemas that the role catalog_bi reads. */
export function writeDbtSources(
  schemas: readonly Schema[],
  accepted: ReadonlyMap<string, readonly string[]>,
): string {
  const sources = schemas
    .filter(({ name }) => ['analytics', 'usage'].includes(name))
    .map(({ name, comment, relations }) => ({
      name,
      schema: name,
      description: comment,
      tables: relations.filter(({ isView }) => isView).map((view) => describeTable(view, accepted)),
    }));
  return introduction + stringify({ version: 2, sources }, { aliasDuplicateObjects: false });
}
