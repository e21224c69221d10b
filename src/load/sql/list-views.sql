-- Purpose: the views of our schemas, as `DROP VIEW` takes them.
-- Params:  none
-- Returns: views (text, null when there are none), view_count (integer)
SELECT string_agg(format('%I.%I', n.nspname, c.relname), ', ') AS views, count(*)::int AS view_count
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics');
