-- Purpose: counts earlier calls for limits that have just begun, and for groups that an API joined. They count in the
--          periods in which they may have arrived or still may, as if the limit had existed when they were granted; in
--          a rolling month or day, in the bucket of their send time. The calls then name these periods: none is counted
--          twice, and a call that is refunded later is given back. The caller has locked the app.
-- Params:  $1 text app key; $2 timestamptz when the limits were opened; $3 text[] names of the groups; $4 double precision
--          longest call in ms; $5 integer how many at most; $6 boolean: count also calls that are being settled, if there
--          are no more than these
-- Returns: found (uncounted ones; fewer than $5: there are no more), counted (of these), named (calls)
--
-- Locks. A settlement holds the rows of its call while it waits for the app. So this waits for no row. A call that is
-- being settled can't name the periods: it would be counted again, and not be given back. With $6 it counts
-- nevertheless, also if it was refunded: what ends now may be an answer to it.
WITH slack AS (
  -- No call is given an hour to be sent.
  SELECT c.longest_call, c.longest_call + interval '1 hour' AS longest FROM (SELECT $4::float8 * interval '1 ms' AS longest_call) c
),
counting AS MATERIALIZED (
  SELECT q.*, s.*, g.members,
         CASE WHEN q.reset = 'calendar' THEN q.starts_at
              WHEN q.period_kind = 'month' THEN $2::timestamptz - interval '744 hours'
              ELSE $2::timestamptz - interval '24 hours' END AS arrived_from
  FROM usage.quota_limit l
  CROSS JOIN slack s
  CROSS JOIN LATERAL usage.quota_periods($1::text, l.api, $2::timestamptz, $2::timestamptz + s.longest) q
  CROSS JOIN LATERAL (SELECT array_agg(g.api) AS members FROM usage.api_group g WHERE g.app_key = $1::text AND g.name = l.api) g
  WHERE l.app_key = $1::text AND l.valid_to IS NULL AND q.limit_id = l.limit_id AND q.period_kind IN ('day', 'month')
    AND (l.api = ANY ($3::text[]) OR l.created_at = $2::timestamptz)
),
uncounted AS MATERIALIZED (
  SELECT c.api, c.period_kind, c.call_limit, c.used, m.call_id, m.granted_at, m.state,
         CASE c.reset WHEN 'calendar' THEN c.starts_at ELSE date_trunc(b.unit, m.send_at, 'UTC') END AS starts_at,
         CASE c.reset WHEN 'calendar' THEN c.ends_at ELSE date_trunc(b.unit, m.send_at, 'UTC') + b.bucket END AS ends_at,
         CASE c.reset WHEN 'calendar' THEN c.day_starts_at ELSE date_trunc(b.unit, m.send_at, 'UTC') END AS day_starts_at,
         -- A call that arrives on a period's first day counts for that day, even if it was granted before.
         c.reset = 'calendar' AND c.day_starts_at > c.starts_at AND m.granted_at < c.day_starts_at AS is_before_day
  FROM counting c
  -- As in usage.periods_touched.
  JOIN (VALUES ('day', 'hour', interval '1 hour'), ('month', 'day', interval '24 hours')) b (kind, unit, bucket) ON b.kind = c.period_kind
  JOIN usage.api_call m ON m.app_key = $1::text AND NOT m.is_exempt
    AND m.granted_at >= c.arrived_from - c.longest AND m.send_by + c.longest_call >= c.arrived_from
    AND NOT m.quota_period_ids && c.period_ids
    AND (c.api IN ('*', m.api) OR m.api = ANY (c.members))
  LIMIT $5::int
),
span AS MATERIALIZED (
  SELECT count(*)::int AS found, min(granted_at) AS first_at, max(granted_at) AS last_at FROM uncounted
),
in_flight AS (
  SELECT f.call_id FROM usage.in_flight f WHERE f.app_key = $1::text FOR NO KEY UPDATE SKIP LOCKED
),
free AS (
  SELECT m.call_id, m.granted_at FROM usage.api_call m
  WHERE m.granted_at BETWEEN (SELECT first_at FROM span) AND (SELECT last_at FROM span)
    AND (m.call_id, m.granted_at) IN (SELECT u.call_id, u.granted_at FROM uncounted u)
    AND (m.state <> 'reserved' OR m.call_id IN (SELECT f.call_id FROM in_flight f))
  FOR NO KEY UPDATE SKIP LOCKED
),
counted AS (
  SELECT u.*, f.call_id IS NOT NULL AS is_named, f.call_id IS NOT NULL AND u.state = 'refunded' AS is_refunded
  FROM uncounted u LEFT JOIN free f USING (call_id, granted_at)
  WHERE f.call_id IS NOT NULL OR ($6::boolean AND (SELECT found FROM span) < $5::int)
),
opened AS (
  INSERT INTO usage.quota_period AS w (app_key, api, period_kind, starts_at, ends_at, call_limit, granted, refunded, "unknown",
    day_starts_at, used_before_day)
  SELECT $1::text, c.api, c.period_kind, c.starts_at, c.ends_at,
         -- More calls than the limit may have been made: the next grant is refused, not this count.
         greatest(c.call_limit, c.used + count(*)), count(*), count(*) FILTER (WHERE c.is_refunded),
         count(*) FILTER (WHERE c.state = 'unknown' AND c.is_named), c.day_starts_at,
         count(*) FILTER (WHERE c.is_before_day AND NOT c.is_refunded)
  FROM counted c
  GROUP BY c.api, c.period_kind, c.starts_at, c.ends_at, c.call_limit, c.used, c.day_starts_at
  ON CONFLICT ON CONSTRAINT quota_period_span
    -- As a grant does (usage.take), with the calls of earlier days.
    DO UPDATE SET granted = w.granted + excluded.granted, refunded = w.refunded + excluded.refunded,
      "unknown" = w."unknown" + excluded."unknown", call_limit = excluded.call_limit, day_starts_at = excluded.day_starts_at,
      used_before_day = excluded.used_before_day + CASE WHEN w.day_starts_at = excluded.day_starts_at THEN w.used_before_day
                                                        ELSE w.granted - w.refunded + w.external END
  RETURNING w.period_id, w.api, w.period_kind, w.starts_at, w.ends_at
),
named AS (
  UPDATE usage.api_call m SET quota_period_ids = m.quota_period_ids || n.period_ids
  FROM (
    SELECT c.call_id, c.granted_at, array_agg(o.period_id ORDER BY o.period_id) AS period_ids
    FROM counted c JOIN opened o USING (api, period_kind, starts_at, ends_at)
    WHERE c.is_named
    GROUP BY c.call_id, c.granted_at
  ) n
  WHERE m.granted_at BETWEEN (SELECT first_at FROM span) AND (SELECT last_at FROM span)
    AND m.call_id = n.call_id AND m.granted_at = n.granted_at
  RETURNING m.call_id, m.quota_period_ids
),
named_in_flight AS (
  UPDATE usage.in_flight f SET quota_period_ids = n.quota_period_ids FROM named n WHERE f.call_id = n.call_id
)
SELECT s.found, (SELECT count(*)::int FROM counted) AS counted, (SELECT count(*)::int FROM named) AS named FROM span s;
