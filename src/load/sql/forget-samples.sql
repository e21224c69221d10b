-- Purpose: removes from quarantine and drift the examples that come from the answers of some calls, or that contain some texts.
-- Params:  $1 bigint[] call ids; $2 text[] texts
-- Returns: nothing
WITH drifts AS (
  UPDATE sync.drift d
  SET sample = NULL
  WHERE d.sample IS NOT NULL
    AND (d.last_call_id = ANY ($1::bigint[])
      OR EXISTS (SELECT FROM unnest($2::text[]) AS t (text) WHERE position(t.text IN d.sample) > 0))
)
UPDATE sync.quarantine q
SET sample = NULL
WHERE q.sample IS NOT NULL
  AND (q.call_id = ANY ($1::bigint[])
    OR EXISTS (SELECT FROM unnest($2::text[]) AS t (text) WHERE position(t.text IN q.sample) > 0));
