import type { Pool } from 'pg';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  readonly comment: string;
}

interface ForeignKey {
  readonly columns: readonly string[];
  /** `schema.table`. */
  readonly target: string;
}

/** A table or a view, as the database describes it itself. */
export interface Relation {
  readonly schema: string;
  readonly name: string;
  readonly isView: boolean;
  readonly comment: string;
  readonly columns: readonly Column[];
  /** Primary key of a table; of a view what its comment names; empty: none. */
  readonly key: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
}

export interface DatabaseFunction {
  readonly schema: string;
  readonly signature: string;
  readonly result: string;
  readonly comment: string;
}

export interface Schema {
  readonly name: string;
  readonly comment: string;
  readonly relations: readonly Relation[];
  readonly functions: readonly DatabaseFunction[];
}

const schemaNames = ['catalog', 'analytics', 'usage', 'sync', 'raw'];

/** Partitions are left out: they are their parent's. */
const relationsSql = `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind = 'v' AS "isView",
         coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
         coalesce((SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
                   'isNullable', NOT a.attnotnull, 'comment', coalesce(col_description(c.oid, a.attnum), ''))
                   ORDER BY a.attnum)
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), '[]') AS columns,
         coalesce((SELECT json_agg(a.attname ORDER BY k.place)
          FROM pg_constraint p, unnest(p.conkey) WITH ORDINALITY k (attnum, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
          WHERE p.conrelid = c.oid AND p.contype = 'p'), '[]') AS key,
         coalesce((SELECT json_agg(json_build_object('columns',
                   (SELECT json_agg(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = ANY (f.conkey)),
                   'target', format('%s.%s', tn.nspname, t.relname)) ORDER BY f.conname)
          FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid JOIN pg_namespace tn ON tn.oid = t.relnamespace
          WHERE f.conrelid = c.oid AND f.contype = 'f'), '[]') AS "foreignKeys"
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
  ORDER BY c.relname`;

const functionsSql = `
  SELECT n.nspname AS schema, format('%s(%s)', p.proname, pg_get_function_arguments(p.oid)) AS signature,
         pg_get_function_result(p.oid) AS result, obj_description(p.oid, 'pg_proc') AS comment
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = $1 AND n.nspname IN ('analytics', 'catalog')
  ORDER BY p.proname`;

/** A view says in its comment what is unique: `Key: offer_id, day.` */
function namedKey(comment: string): string[] {
  return /Key: ([a-z_, ]+)\.$/.exec(comment)?.[1]?.split(', ') ?? [];
}

async function readOne(pool: Pool, name: string): Promise<Schema> {
  const about = await pool.query<{ comment: string }>(
    `SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1`,
    [name],
  );
  const relations = await pool.query<Relation>(relationsSql, [name]);
  const functions = await pool.query<DatabaseFunction>(functionsSql, [name]);
  return {
    name,
    comment: about.rows[0]?.comment ?? '',
    relations: relations.rows.map((row) => (row.isView ? { ...row, key: namedKey(row.comment) } : row)),
    functions: functions.rows,
  };
}

/** Everything that people may want to query, as the database's own comments describe it. */
export async function readSchemas(pool: Pool): Promise<Schema[]> {
  const schemas: Schema[] = [];
  for (const name of schemaNames) schemas.push(await readOne(pool, name));
  return schemas;
}
