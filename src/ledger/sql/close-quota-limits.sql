-- Purpose: ends the limits that the wanted ones replace. A preset replaces presets only; with presets, presets of the
--          listed APIs that are no longer wanted end too.
-- Params:  $1 text app key; $2 text source; $3 jsonb [{"api", "period_kind", "call_limit", "reset", "zone"}];
--          $4 text[] APIs; $5 timestamptz now
-- Returns: nothing
WITH wanted AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb)
    AS w (api text, period_kind text, call_limit int, reset text, zone text)
)
UPDATE usage.quota_limit l
SET valid_to = greatest(l.valid_from, $5::timestamptz)
FROM (SELECT limit_id, api, period_kind FROM usage.quota_limit WHERE app_key = $1::text AND valid_to IS NULL) open
LEFT JOIN wanted w USING (api, period_kind)
WHERE l.limit_id = open.limit_id
  AND (l.source = 'preset' OR $2::text <> 'preset')
  AND CASE WHEN w.api IS NULL THEN l.api = ANY ($4::text[])
           ELSE (l.source, l.call_limit, l.reset, l.zone) IS DISTINCT FROM ($2::text, w.call_limit, w.reset, w.zone)
      END;
