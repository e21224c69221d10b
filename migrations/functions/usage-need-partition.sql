-- Purpose: creates this month's partition of a table if maintenance did not. The check costs next to nothing.
-- Params:  p_table text: as in 'usage.api_call'; p_at timestamptz: a time of the month
-- Returns: nothing
CREATE OR REPLACE FUNCTION usage.need_partition(p_table text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF to_regclass(p_table || to_char(p_at AT TIME ZONE 'UTC', '_YYYY_MM')) IS NULL THEN
    PERFORM sync.ensure_partitions(p_at, 0);
  END IF;
END $$;
