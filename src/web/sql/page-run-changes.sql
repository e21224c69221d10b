-- Purpose: what a run saw changed of offers that it knew before, by offer, the offer with the newest change first. The day finds
--          the rows, the call identifies their run. That a new offer is listed is no change of it.
-- Params:  $1 bigint run id; $2 integer how many offers; $3 integer how many rows
-- Returns: offerId, subject, field, old, new, observedAt, offers (how many have a change)
SELECT d.offer_id::text AS "offerId", o.subject, d.field, d.old, d.new, d.observed_at AS "observedAt", d.offers
FROM (
  SELECT n.*, dense_rank() OVER (ORDER BY n.newest DESC, n.offer_id) AS place,
         count(*) FILTER (WHERE n.is_first) OVER () ::int AS offers
  FROM (
    SELECT f.*, max(f.observed_at) OVER (PARTITION BY f.offer_id) AS newest,
           row_number() OVER (PARTITION BY f.offer_id ORDER BY f.change_id) = 1 AS is_first
    FROM sync.run r
    JOIN catalog.offer_change f
      ON (f.observed_at AT TIME ZONE INTERVAL '8 hours')::date
           BETWEEN (r.started_at AT TIME ZONE INTERVAL '8 hours')::date
               AND (coalesce(r.ended_at, usage.ledger_now()) AT TIME ZONE INTERVAL '8 hours')::date
     AND f.observed_at BETWEEN r.started_at AND coalesce(r.ended_at, usage.ledger_now())
    JOIN usage.api_call c ON c.call_id = f.call_id AND c.granted_at = f.observed_at AND c.run_id = r.run_id
    WHERE r.run_id = $1::bigint AND NOT (f.field = 'state' AND f.old IS NULL)
  ) n
) d
LEFT JOIN catalog.offer o ON o.offer_id = d.offer_id
WHERE d.place <= $2::int
ORDER BY d.place, d.field, d.change_id
LIMIT $3::int;
