-- Purpose: makes listed offers, which are locked, missing, and records the change.
-- Params:  $1 jsonb [{offerId, changedAt, runId, callId}], each offer once
-- Returns: offerId of those it changed
WITH n AS (
  SELECT "offerId" AS offer_id, "changedAt" AS changed_at, "runId" AS run_id, "callId" AS call_id
  FROM jsonb_to_recordset($1::jsonb) AS n ("offerId" bigint, "changedAt" timestamptz, "runId" bigint, "callId" bigint)
),
changed AS (
  UPDATE catalog.offer o
  SET state = 'missing', changed_at = n.changed_at, run_id = n.run_id, call_id = n.call_id
  FROM n
  WHERE o.offer_id = n.offer_id AND o.state = 'listed'
  RETURNING n.*
),
logged AS (
  INSERT INTO catalog.offer_change (offer_id, field, old, new, observed_at, call_id)
  SELECT offer_id, 'state', 'listed', 'missing', changed_at, call_id FROM changed ORDER BY offer_id
)
SELECT offer_id AS "offerId" FROM changed;
