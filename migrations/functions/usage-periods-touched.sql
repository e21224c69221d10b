-- Purpose: the periods in which a call that arrives between two times may count.
-- Params:  p_kind text: minute, day or month; p_reset text: calendar or rolling; p_zone text: IANA name; p_from, p_to
--          timestamptz
-- Returns: starts_at, ends_at of each period; counted_from, counted_to: bounds of the periods whose counts add up
--
-- A calendar period counts itself. A rolling period is counted in buckets that are small beside it. Every bucket that
-- overlaps it counts whole, so that errors only reduce what may be used. After a change of zone or of the kind of
-- reset, the older periods are among those between counted_from and counted_to.
CREATE OR REPLACE FUNCTION usage.periods_touched(p_kind text, p_reset text, p_zone text, p_from timestamptz, p_to timestamptz)
RETURNS TABLE (starts_at timestamptz, ends_at timestamptz, counted_from timestamptz, counted_to timestamptz)
LANGUAGE sql STABLE AS $$
  SELECT s.starts_at, s.ends_at, s.starts_at, s.ends_at
  FROM (SELECT ('1 ' || p_kind)::interval AS step,
               -- A minute is the same in every zone; in UTC, no minute occurs twice at the end of summer time.
               CASE p_kind WHEN 'minute' THEN 'UTC' ELSE p_zone END AS zone) w
  CROSS JOIN LATERAL generate_series(
    date_trunc(p_kind, p_from AT TIME ZONE w.zone), p_to AT TIME ZONE w.zone, w.step) local_start
  CROSS JOIN LATERAL (SELECT local_start AT TIME ZONE w.zone AS starts_at,
                             (local_start + w.step) AT TIME ZONE w.zone AS ends_at) s
  WHERE p_reset = 'calendar'
  UNION ALL
  SELECT b.starts_at, b.starts_at + r.bucket, p_from - r.span - (p_to - p_from), 'infinity'
  FROM (VALUES ('minute', 'second', interval '1 second', interval '60 seconds'),
               ('day', 'hour', interval '1 hour', interval '24 hours'),
               ('month', 'day', interval '24 hours', interval '744 hours')) r (kind, unit, bucket, span)
  CROSS JOIN LATERAL (SELECT date_trunc(r.unit, p_from, 'UTC') AS starts_at) b
  WHERE p_reset = 'rolling' AND r.kind = p_kind
$$;
