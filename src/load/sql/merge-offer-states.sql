-- Purpose: writes the state of locked offers whose detail answer was empty, and records the change.
-- Params:  $1 jsonb rows of catalog.offer: offer_id, state, changed_at, run_id, call_id
-- Returns: offer_id, is_new of offers that were written
WITH changed AS (
  SELECT n.offer_id, n.state, n.changed_at, n.run_id, n.call_id, o.state AS old_state
  FROM jsonb_populate_recordset(NULL::catalog.offer, $1::jsonb) AS n
  LEFT JOIN catalog.offer o USING (offer_id)
  WHERE o.state IS DISTINCT FROM n.state
),
written AS (
  INSERT INTO catalog.offer AS o (offer_id, state, changed_at, run_id, call_id)
  SELECT offer_id, state, changed_at, run_id, call_id FROM changed
  ON CONFLICT (offer_id) DO UPDATE
  SET state = excluded.state, changed_at = excluded.changed_at, run_id = excluded.run_id, call_id = excluded.call_id
),
logged AS (
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT offer_id, 'state', old_state, state, changed_at, call_id FROM changed ORDER BY offer_id
)
SELECT offer_id, old_state IS NULL AS is_new FROM changed;
