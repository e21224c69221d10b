-- Purpose: the time before which every observation that is loaded is committed, or never will be. A statement of its own: what
--          the next one reads is then complete. Who may not see when a load began counts it as ten minutes old.
-- Params:  none
-- Returns: loadedTo (text)
SELECT least(statement_timestamp(), min(coalesce(a.xact_start, statement_timestamp() - interval '10 minutes')))::text AS "loadedTo"
FROM pg_locks l
LEFT JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = 'catalog.observation'::regclass AND l.mode = 'RowExclusiveLock';
