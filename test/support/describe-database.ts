import type pg from 'pg';

const ownSchemas = `('catalog', 'sync', 'usage', 'raw', 'analytics')`;

/** A table, or all partitions of one, with its columns as SQL. */
export interface Table {
  readonly name: string;
  readonly columns: string;
}

/** The product's own tables, queues aside. */
export async function listTables(pool: pg.Pool): Promise<Table[]> {
  const { rows } = await pool.query<Table>(`
    SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname IN ${ownSchemas}
    GROUP BY c.oid
    ORDER BY 1`);
  return rows;
}

/** By table: how many rows, and the hash of all of them in the columns that are named. */
export async function readContent(pool: pg.Pool, tables: readonly Table[]): Promise<Map<string, string>> {
  const content = new Map<string, string>();
  for (const { name, columns } of tables) {
    const { rows } = await pool.query<{ content: string }>(
      `SELECT count(*) || ' rows, ' || coalesce(md5(string_agg(r::text, chr(10) ORDER BY r::text)), '') AS content
       FROM (SELECT ${columns} FROM ${name}) r`,
    );
    content.set(name, rows[0]?.content ?? '');
  }
  return content;
}

/** Everything that a migration makes, as text: columns, constraints, indexes, functions, triggers, views, comments, and who may read. */
export async function describeSchema(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    WITH own AS (
      SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relnamespace, c.reloptions
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ${ownSchemas} AND NOT c.relispartition
    )
    SELECT concat_ws(' ', 'column', own.name, a.attnum - d.dropped, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
      a.attgenerated, a.attidentity, pg_get_expr(v.adbin, v.adrelid), col_description(own.oid, a.attnum)) AS line
    FROM own
    JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef v ON (v.adrelid, v.adnum) = (a.attrelid, a.attnum)
    CROSS JOIN LATERAL (
      SELECT count(*) AS dropped FROM pg_attribute b WHERE b.attrelid = own.oid AND b.attisdropped AND b.attnum < a.attnum
    ) d
    WHERE own.relkind IN ('r', 'p', 'v', 'm')
    UNION ALL
    SELECT concat_ws(' ', own.relkind, own.name, own.reloptions::text, obj_description(own.oid, 'pg_class'))
    FROM own WHERE own.relkind IN ('r', 'p', 'v', 'm', 'S')
    UNION ALL
    SELECT concat_ws(' ', 'constraint', own.name, k.conname, pg_get_constraintdef(k.oid))
    FROM own JOIN pg_constraint k ON k.conrelid = own.oid
    UNION ALL
    SELECT concat_ws(' ', 'index', pg_get_indexdef(own.oid)) FROM own WHERE own.relkind IN ('i', 'I')
    UNION ALL
    SELECT concat_ws(' ', 'trigger', own.name, pg_get_triggerdef(t.oid))
    FROM own JOIN pg_trigger t ON t.tgrelid = own.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT concat_ws(' ', 'view', own.name, pg_get_viewdef(own.oid)) FROM own WHERE own.relkind IN ('v', 'm')
    UNION ALL
    SELECT concat_ws(' ', 'function', pg_get_functiondef(p.oid), obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ${ownSchemas} AND p.prokind IN ('f', 'p')
    UNION ALL
    SELECT concat_ws(' ', 'grant', object.name, acl.grantee::regrole, acl.privilege_type)
    FROM (
      SELECT own.name, c.relacl AS acl FROM own JOIN pg_class c ON c.oid = own.oid
      UNION ALL
      SELECT n.nspname, n.nspacl FROM pg_namespace n WHERE n.nspname IN ${ownSchemas}
    ) object
    CROSS JOIN LATERAL aclexplode(object.acl) acl
    WHERE acl.grantee::regrole::text LIKE 'catalog_%'
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

/** Every partition with its bounds. */
export async function listPartitions(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`
    SELECT concat_ws(' ', c.oid::regclass, pg_get_expr(c.relpartbound, c.oid)) AS line
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relispartition AND c.relkind = 'r' AND n.nspname IN ${ownSchemas}
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

/** The last number of every sequence. */
export async function readSequences(pool: pg.Pool): Promise<Record<string, string | null>> {
  const { rows } = await pool.query<{ name: string; last: string | null }>(
    `SELECT schemaname || '.' || sequencename AS name, last_value AS last
     FROM pg_sequences WHERE schemaname IN ${ownSchemas}`,
  );
  return Object.fromEntries(rows.map(({ name, last }) => [name, last]));
}
