-- Purpose: what a run saw changed, the newest first. The day finds the rows, the call identifies their run.
-- Params:  $1 bigint run id; $2 integer how many
-- Returns: offerId, subject, field, old, new, observedAt
SELECT f.offer_id::text AS "offerId", o.subject, f.field, f.old, f.new, f.observed_at AS "observedAt"
FROM sync.run r
JOIN catalog.offer_change f
  ON (f.observed_at AT TIME ZONE 'Asia/Shanghai')::date
       BETWEEN (r.started_at AT TIME ZONE 'Asia/Shanghai')::date
           AND (coalesce(r.ended_at, usage.ledger_now()) AT TIME ZONE 'Asia/Shanghai')::date
 AND f.observed_at BETWEEN r.started_at AND coalesce(r.ended_at, usage.ledger_now())
JOIN usage.api_call c ON c.call_id = f.call_id AND c.granted_at = f.observed_at AND c.run_id = r.run_id
LEFT JOIN catalog.offer o ON o.offer_id = f.offer_id
WHERE r.run_id = $1::bigint
ORDER BY f.observed_at DESC, f.change_id DESC
LIMIT $2::int;
