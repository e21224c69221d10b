-- Purpose: the functions and views of our schemas as they are: what is re-created after migrations. Those that an
--          extension brought are its own.
-- Params:  none
-- Returns: kind (function or view), name (as DROP takes it), definition (MD5, in hex, of what Postgres says it is; as it
--          says it for the search_path of the session), is_of_this_transaction (boolean: made or replaced by it)
SELECT 'view' AS kind, format('%I.%I', n.nspname, c.relname) AS name,
       md5(concat(pg_get_viewdef(c.oid), c.reloptions)) AS definition,
       c.xmin = pg_current_xact_id_if_assigned()::xid AS is_of_this_transaction
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
       md5(pg_get_functiondef(p.oid)), p.xmin = pg_current_xact_id_if_assigned()::xid
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind IN ('f', 'p') AND n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e');
