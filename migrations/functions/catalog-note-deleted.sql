-- Purpose: notes the rows that a statement deleted, by their keys. Trigger function of the tables of catalog.
-- Params:  none; trigger arguments: the columns of the primary key
-- Returns: trigger
--
-- A row that was deleted before is noted again, so that it counts as new for readers of changes. Times are written in UTC,
-- since the same key must give the same text. Only a hash of a seller may stay (docs/privacy.md).
CREATE OR REPLACE FUNCTION catalog.note_deleted() RETURNS trigger LANGUAGE plpgsql SET "TimeZone" = 'UTC' AS $$
DECLARE
  v_key text;
BEGIN
  IF NOT EXISTS (SELECT FROM gone) THEN RETURN NULL; END IF;
  SELECT string_agg(
    CASE k.name WHEN 'seller_id' THEN $sql$'seller_hash', encode(sha256(convert_to(seller_id, 'UTF8')), 'hex')$sql$
                ELSE format('%1$L, %1$I', k.name) END, ', ' ORDER BY k.place)
  INTO v_key
  FROM unnest(TG_ARGV) WITH ORDINALITY AS k (name, place);
  EXECUTE format(
    'INSERT INTO catalog.deleted_row AS d (fact, key, deleted_at) '
    'SELECT %L, jsonb_build_object(%s), $1 FROM gone '
    'ON CONFLICT (fact, key) DO UPDATE SET deleted_at = excluded.deleted_at',
    TG_TABLE_NAME, v_key)
  USING usage.ledger_now();
  RETURN NULL;
END $$;

COMMENT ON FUNCTION catalog.note_deleted() IS
  'Trigger of the tables of catalog: notes the keys of the rows that a statement deleted in deleted_row.';
