-- Purpose: records that the receiver took changes that trackers noticed. Older ones of the same, which had to wait, are not sent.
-- Params:  $1 bigint[] change ids
-- Returns: nothing
WITH sent AS (
  SELECT tracker, offer_id, field, max(seen_at) AS seen_at
  FROM sync.tracked_change
  WHERE change_id = ANY ($1::bigint[])
  GROUP BY tracker, offer_id, field
)
UPDATE sync.tracked_change t
SET sent_at = CASE WHEN t.change_id = ANY ($1::bigint[]) THEN usage.ledger_now() END,
    skipped_at = CASE WHEN t.change_id <> ALL ($1::bigint[]) THEN usage.ledger_now() END
FROM sent
WHERE (t.tracker, t.offer_id, t.field) = (sent.tracker, sent.offer_id, sent.field) AND t.seen_at <= sent.seen_at
  AND t.sent_at IS NULL AND t.skipped_at IS NULL;
