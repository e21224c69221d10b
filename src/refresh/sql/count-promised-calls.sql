-- Purpose: the calls that offers with a promised age need until a time: one for each that becomes due by then, and more
--          for those that become due again. Reads no more rows than there are calls to spend.
-- Params:  $1 jsonb [{"feedSet": int, "dueAgeMs": float (a detail of this age is due), "everyMs": float (it is fetched this often
--          at most)}]; $2 timestamptz until; $3 integer how many offers are read at most
-- Returns: calls
SELECT coalesce(sum(1 + floor(greatest(0, extract(epoch FROM $2::timestamptz - d.due_at)) * 1000 / d.every_ms)), 0)::int AS calls
FROM (
  SELECT s."everyMs" AS every_ms, greatest(c.now, r.detail_at + s."dueAgeMs" * interval '1 ms') AS due_at
  FROM jsonb_to_recordset($1::jsonb) AS s ("feedSet" int, "dueAgeMs" float8, "everyMs" float8)
  CROSS JOIN (SELECT usage.ledger_now() AS now OFFSET 0) c
  JOIN LATERAL (
    SELECT coalesce(r.detail_at, '-infinity'::timestamptz) AS detail_at
    FROM sync.refresh r
    WHERE r.feed_set = s."feedSet"
      AND r.bucket IS NOT NULL
      AND coalesce(r.detail_at, '-infinity'::timestamptz) <= $2::timestamptz - s."dueAgeMs" * interval '1 ms'
      AND (r.not_before IS NULL OR r.not_before <= $2::timestamptz)
    -- In the order of the index; otherwise Postgres would read the whole table for a few rows.
    ORDER BY coalesce(r.detail_at, '-infinity'::timestamptz), r.offer_id
    LIMIT $3::int
  ) r ON true
  LIMIT $3::int
) d;
