-- Purpose: totals the calls of hours that ended two hours ago or earlier, the oldest first.
-- Params:  p_max int: most hours
-- Returns: integer: number of hours; cheap when there is nothing to do, because the newest hour is totalled last
CREATE OR REPLACE FUNCTION usage.total_hours(p_max int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
  v_last timestamptz := date_trunc('hour', usage.ledger_now(), 'UTC') - interval '3 hours';
  v_hours timestamptz[];
BEGIN
  IF EXISTS (SELECT FROM usage.totalled_hour t WHERE t.hour = v_last) THEN RETURN 0; END IF;
  -- Waiting here would keep those behind waiting; the next tick tries again. See usage.forget_total.
  IF NOT sync.lock_table('usage.totalled_hour', 'SHARE ROW EXCLUSIVE', 0) THEN RETURN 0; END IF;
  SELECT coalesce(array_agg(hour ORDER BY hour), '{}') INTO v_hours
  FROM (
    SELECT hour
    FROM generate_series(date_trunc('hour', (SELECT min(granted_at) FROM usage.api_call), 'UTC'), v_last, '1 hour') hour
    WHERE NOT EXISTS (SELECT FROM usage.totalled_hour t WHERE t.hour = hour.hour)
    ORDER BY hour
    LIMIT p_max
  ) missing;
  DELETE FROM usage.hour_total WHERE hour = ANY (v_hours);
  INSERT INTO usage.hour_total (hour, app_key, api, state, outcome, is_exempt, lane, calls, timed_calls, total_latency_ms,
    max_latency_ms, response_bytes, rows_loaded)
  SELECT h.hour, c.*
  FROM unnest(v_hours) h (hour)
  CROSS JOIN LATERAL (
    SELECT app_key, api, state, outcome, is_exempt, lane, count(*), count(latency_ms), sum(latency_ms), max(latency_ms),
           sum(response_bytes), sum(rows_loaded)
    FROM usage.api_call
    WHERE granted_at >= h.hour AND granted_at < h.hour + interval '1 hour'
    GROUP BY app_key, api, state, outcome, is_exempt, lane
  ) c;
  INSERT INTO usage.totalled_hour SELECT unnest(v_hours);
  RETURN cardinality(v_hours);
END $$;
