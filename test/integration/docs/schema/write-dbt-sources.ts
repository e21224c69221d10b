import { stringify } from 'yaml';
import type { Relation, Schema } from './read-schema.ts';

const introduction = `# Sources for dbt: copy this file into the models of your project.
# Written by \`npm run docs:schema\` from the comments of the database; what is unique together stands in descriptions.
`;

/** Tests that need no package: one column that is unique by itself, and keys that are never null. */
function testsOf({ key }: Relation, column: string): string[] {
  if (!key.includes(column)) return [];
  return key.length === 1 ? ['unique', 'not_null'] : ['not_null'];
}

function describeTable(relation: Relation) {
  return {
    name: relation.name,
    description: relation.comment,
    columns: relation.columns.map(({ name, type, comment }) => {
      const tests = testsOf(relation, name);
      return {
        name,
        description: comment,
        data_type: type,
        ...(tests.length > 0 ? { data_tests: tests } : {}),
      };
    }),
  };
}

/** deploy/dbt/sources.yml: what the roles of readers can read, a source for each schema. */
export function writeDbtSources(schemas: readonly Schema[]): string {
  const sources = schemas
    .filter(({ name }) => name !== 'raw')
    .map(({ name, comment, relations }) => ({
      name,
      schema: name,
      description: comment,
      tables: relations.filter((relation) => relation.name !== 'token').map(describeTable),
    }));
  return introduction + stringify({ version: 2, sources });
}
