-- Purpose: what is made anew after migrations: the views of our schemas, and the functions of schema analytics.
-- Params:  none
-- Returns: views, functions (text as DROP takes them, null when there are none), made (integer: how many of both)
SELECT string_agg(name, ', ') FILTER (WHERE is_view) AS views,
       string_agg(name, ', ') FILTER (WHERE NOT is_view) AS functions,
       count(*)::int AS made
FROM (
  SELECT format('%I.%I', n.nspname, c.relname) AS name, true AS is_view
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'v' AND n.nspname IN ('catalog', 'sync', 'usage', 'raw', 'analytics')
  UNION ALL
  SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), false
  FROM pg_proc p
  JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'analytics'
) made_anew;
