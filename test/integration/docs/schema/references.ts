import type { Relation } from './read-schema.ts';

/** Columns of one relation that name a row of another. */
export interface Reference {
  /** `schema.table`. */
  readonly from: string;
  readonly to: string;
  readonly columns: readonly string[];
  /** False: nothing enforces it, so that old partitions of the target can go. */
  readonly isEnforced: boolean;
}

/** What columns of these names refer to, by the last part of the name. */
const targets: readonly (readonly [ending: string, table: string])[] = [
  ['offer_id', 'catalog.offer'],
  ['category_id', 'catalog.category'],
  ['seller_id', 'catalog.seller'],
  ['call_id', 'usage.api_call'],
  ['raw_id', 'raw.payload'],
  ['run_id', 'sync.run'],
  ['leased_by', 'sync.run'],
  ['window_id', 'sync.search_window'],
];

/** Dimensions take the place of tables within schema analytics. */
const dimensions: Readonly<Record<string, string>> = {
  'catalog.offer': 'analytics.dim_offer',
  'catalog.category': 'analytics.dim_category',
  'catalog.seller': 'analytics.dim_seller',
};

const nameOf = ({ schema, name }: Relation) => `${schema}.${name}`;

function softTarget(relation: Relation, column: string): string | null {
  const isOwnId = !relation.isView && relation.key[0] === column && relation.key.length <= 2;
  const table = targets.find(([ending]) => column === ending || column.endsWith(`_${ending}`))?.[1];
  if (table === undefined) return null;
  const target = relation.isView && relation.schema === 'analytics' ? (dimensions[table] ?? table) : table;
  const isOwnTable = target === nameOf(relation) || (isOwnId && ownsItsIds(relation, column));
  return isOwnTable ? null : target;
}

/** `usage.quota_period.period_id` and the like are ids of the table itself, though another has some of that name. */
function ownsItsIds({ name }: Relation, column: string): boolean {
  return column === `${name}_id` || column === `${name.split('_').at(-1) ?? ''}_id`;
}

/** Every reference of a relation: foreign keys, then those that only names and comments tell of. */
export function listReferences(relation: Relation): Reference[] {
  const from = nameOf(relation);
  const enforced = relation.foreignKeys.map(({ columns, target }) => ({
    ...{ from, to: target, columns, isEnforced: true },
  }));
  const covered = new Set(enforced.flatMap(({ columns }) => columns));
  const soft = relation.columns.flatMap(({ name }) => {
    const to = covered.has(name) ? null : softTarget(relation, name);
    return to === null ? [] : [{ from, to, columns: [name], isEnforced: false }];
  });
  return [...enforced, ...soft];
}
