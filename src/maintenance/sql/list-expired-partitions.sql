-- Purpose: monthly partitions that ended longer ago than the rows of their table are kept. Still needed is one in which,
--          or before which, an answer that is to be loaded was asked for, or a call that is under way; and calls that
--          are not in the totals by hour.
-- Params:  $1 timestamptz now; $2 jsonb ages in ms by table, {"raw.payload": 7776000000}
-- Returns: tableName and partitionName (quoted where needed), endsAt, isNeeded; the oldest first
WITH needed AS (
  SELECT least(
    (SELECT min(observed_at) FROM raw.payload WHERE loaded_at IS NULL),
    (SELECT min(granted_at) FROM usage.in_flight)) AS since
)
SELECT i.inhparent::regclass::text AS "tableName",
       i.inhrelid::regclass::text AS "partitionName",
       bound.ends_at AS "endsAt",
       coalesce(bound.ends_at > needed.since, false)
         OR (age.table_name = 'usage.api_call' AND EXISTS (
           SELECT FROM generate_series(bound.starts_at, bound.ends_at - interval '1 hour', '1 hour') hour
           WHERE NOT EXISTS (SELECT FROM usage.totalled_hour t WHERE t.hour = hour.hour)
             AND EXISTS (
               SELECT FROM usage.api_call c
               WHERE c.granted_at >= hour.hour AND c.granted_at < hour.hour + interval '1 hour')
         )) AS "isNeeded"
FROM jsonb_each_text($2::jsonb) AS age (table_name, ms)
JOIN pg_inherits i ON i.inhparent = age.table_name::regclass
JOIN pg_class part ON part.oid = i.inhrelid
CROSS JOIN LATERAL regexp_match(
  pg_get_expr(part.relpartbound, part.oid), $$FROM \('([^']+)'\) TO \('([^']+)'\)$$) AS span
CROSS JOIN LATERAL (SELECT span[1]::timestamptz AS starts_at, span[2]::timestamptz AS ends_at) bound
CROSS JOIN needed
WHERE bound.ends_at <= $1::timestamptz - age.ms::float8 * interval '1 ms'
ORDER BY bound.ends_at, 1;
