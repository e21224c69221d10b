import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parse } from 'yaml';
import { listFiles, readText, root } from '../../support/doc-files.ts';

/** Where the models of a test go; the role that runs them owns it. */
export const targetSchema = 'dbt_models';

type TestEntry = string | Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface Described {
  readonly name: string;
  readonly loaded_at_field?: string;
  readonly freshness?: { readonly filter?: string };
  readonly data_tests?: readonly TestEntry[];
  readonly columns?: readonly { readonly name: string; readonly data_tests?: readonly TestEntry[] }[];
}

interface DescribedFile {
  readonly sources?: readonly { readonly name: string; readonly tables: readonly Described[] }[];
  readonly models?: readonly Described[];
  readonly exposures?: readonly { readonly name: string; readonly depends_on: readonly string[] }[];
}

/** A statement that a command of dbt would run. */
interface Statement {
  readonly name: string;
  readonly sql: string;
}

interface Template {
  readonly name: string;
  readonly template: string;
  readonly context?: Readonly<Record<string, unknown>>;
}

const folder = 'deploy/dbt';
const files = listFiles(folder, '.yml').filter((path) => path.includes('/models/'));
const described = files.map((path) => parse(readText(path)) as DescribedFile);

export const sources = described.flatMap((file) => file.sources ?? []);
const models = described.flatMap((file) => file.models ?? []);
export const exposures = described.flatMap((file) => file.exposures ?? []);

/** The tests that dbt has itself, in its words (dbt-adapters, macros/generic_test_sql), and ours. */
const testTemplates: Readonly<Record<string, string>> = {
  unique: `select {{ column_name }} as unique_field, count(*) as n_records from {{ model }}
    where {{ column_name }} is not null group by {{ column_name }} having count(*) > 1`,
  not_null: 'select {{ column_name }} from {{ model }} where {{ column_name }} is null',
  accepted_values: `with all_values as (
      select {{ column_name }} as value_field, count(*) as n_records from {{ model }} group by {{ column_name }})
    select * from all_values where value_field not in
      ({% for value in values %}'{{ value }}'{% if not loop.last %},{% endif %}{% endfor %})`,
  relationships: `with child as (select {{ column_name }} as from_field from {{ model }} where {{ column_name }} is not null),
      parent as (select {{ field }} as to_field from {{ to }})
    select from_field from child left join parent on child.from_field = parent.to_field where parent.to_field is null`,
  unique_together: readText(`${folder}/tests/generic/unique_together.sql`)
    .replace(/^\{% test .*%\}\n/, '')
    .replace(/\{% endtest %\}\n$/, ''),
};

/** Arguments are Jinja themselves: `source('analytics', 'dim_offer')`. */
const asTemplate = (value: unknown) =>
  typeof value === 'string' ? value.replace(/^(ref|source)\(.*\)$/, '{{ $& }}') : value;

/** `analytics.dim_sku` is a source, `stg_skus` a model. */
const asCall = (relation: string) =>
  relation.includes('.') ? `{{ source('${relation.replace('.', "', '")}') }}` : `{{ ref('${relation}') }}`;

function testTemplate(relation: string, entry: TestEntry, column: string | null): Template {
  const [kind = '', options = {}] = typeof entry === 'string' ? [entry] : (Object.entries(entry)[0] ?? []);
  const { config, ...rest } = options as { config?: { where: string } };
  const where = config?.where;
  const call = asCall(relation);
  const model = where === undefined ? call : `(select * from ${call} where ${where}) dbt_subquery`;
  const texts = { model, ...rest } as Record<string, unknown>;
  const inlined = Object.entries(texts).reduce(
    (text, [name, value]) =>
      typeof value === 'string' ? text.replaceAll(`{{ ${name} }}`, String(asTemplate(value))) : text,
    testTemplates[kind] ?? `no such test: ${kind}`,
  );
  return {
    name: [kind, relation, column ?? ''].join(' ').trim(),
    template: inlined,
    context: { ...texts, column_name: column },
  };
}

function testsOf(relation: string, { data_tests: own = [], columns = [] }: Described): Template[] {
  return [
    ...own.map((entry) => testTemplate(relation, entry, null)),
    ...columns.flatMap(({ name, data_tests: tests = [] }) =>
      tests.map((entry) => testTemplate(relation, entry, name)),
    ),
  ];
}

/** `dbt source freshness`: the newest time of a source. */
function freshnessOf(source: string, { name, loaded_at_field: field, freshness }: Described): Template[] {
  if (field === undefined) return [];
  const filter = freshness?.filter === undefined ? '' : ` where ${freshness.filter}`;
  return [
    {
      name: `${source}.${name}`,
      template: `select max(${field}) as max_loaded_at, current_timestamp as snapshotted_at from ${asCall(`${source}.${name}`)}${filter}`,
    },
  ];
}

/** The first Python that has Jinja: Debian's python3-jinja2, or another; null: there is none. */
export const python =
  ['/usr/bin/python3', 'python3'].find((program) => {
    try {
      execFileSync(program, ['-c', 'import jinja2'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  }) ?? null;

function render(templates: readonly Template[]): Statement[] {
  const { vars } = parse(readText(`${folder}/dbt_project.yml`)) as { vars: object };
  const script = join(root, 'test/support/render-templates.py');
  const input = JSON.stringify({ schema: targetSchema, vars, templates });
  const texts = JSON.parse(
    execFileSync(python ?? 'python3', [script], { input, encoding: 'utf8' }),
  ) as string[];
  return templates.map(({ name }, index) => ({ name, sql: texts[index] ?? '' }));
}

/** What `dbt run`, `dbt test` and `dbt source freshness` would run, rendered. */
export function renderProject(): Readonly<Record<'models' | 'tests' | 'freshness', readonly Statement[]>> {
  const modelFiles = listFiles(`${folder}/models`, '.sql');
  const nameOf = (path: string) => path.replace(/^.*\/|\.sql$/g, '');
  return {
    models: render(modelFiles.map((path) => ({ name: nameOf(path), template: readText(path) }))),
    tests: render([
      ...sources.flatMap(({ name, tables }) =>
        tables.flatMap((table) => testsOf(`${name}.${table.name}`, table)),
      ),
      ...models.flatMap((model) => testsOf(model.name, model)),
    ]),
    freshness: render(
      sources.flatMap(({ name, tables }) => tables.flatMap((table) => freshnessOf(name, table))),
    ),
  };
}

/** The models that a description is there for. */
export const describedModels = models.map(({ name }) => name);
