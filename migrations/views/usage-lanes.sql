-- Purpose: calls by hour, API and lane. Past hours come from usage.hour_total, others from the calls themselves. Reads
--          only the hours that a condition on `hour` chooses.
CREATE VIEW usage.lanes AS
SELECT h.hour, c.*
FROM (
  SELECT least((SELECT min(granted_at) FROM usage.api_call), (SELECT min(hour) FROM usage.totalled_hour)) AS first_at,
         (SELECT max(granted_at) FROM usage.api_call) AS last_at
) bound
CROSS JOIN LATERAL generate_series(
  date_trunc('hour', bound.first_at, 'UTC'),
  greatest(bound.last_at, (SELECT max(hour) FROM usage.totalled_hour)), interval '1 hour') AS h (hour)
LEFT JOIN usage.totalled_hour t ON t.hour = h.hour
CROSS JOIN LATERAL (
  SELECT app_key, api, lane,
         coalesce(sum(calls) FILTER (WHERE state <> 'refunded'), 0)::int AS calls,
         coalesce(sum(calls) FILTER (WHERE state = 'reserved'), 0)::int AS reserved,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'ok'), 0)::int AS ok,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome <> 'ok'), 0)::int AS failed,
         coalesce(sum(calls) FILTER (WHERE state = 'unknown'), 0)::int AS "unknown",
         coalesce(sum(calls) FILTER (WHERE state = 'refunded'), 0)::int AS refunded
  FROM (
    SELECT app_key, api, lane, state, outcome, calls
    FROM usage.hour_total
    WHERE t.hour IS NOT NULL AND hour = h.hour
    UNION ALL
    SELECT app_key, api, lane, state, outcome, count(*)
    FROM usage.api_call
    WHERE t.hour IS NULL AND granted_at >= h.hour AND granted_at < h.hour + interval '1 hour'
    GROUP BY app_key, api, lane, state, outcome
  ) part
  GROUP BY app_key, api, lane
) c;

COMMENT ON VIEW usage.lanes IS 'Calls per hour, app, API and lane. Hours without a call have no row. Key: hour, app_key, api, lane.';
COMMENT ON COLUMN usage.lanes.hour IS 'Start of the hour.';
COMMENT ON COLUMN usage.lanes.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.lanes.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.lanes.lane IS 'refresh, discovery or manual; null: hours that a release added up that did not separate lanes.';
COMMENT ON COLUMN usage.lanes.calls IS 'Calls that count: all attempts except refunded ones.';
COMMENT ON COLUMN usage.lanes.reserved IS 'Attempts in flight.';
COMMENT ON COLUMN usage.lanes.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.lanes.failed IS 'Attempts that were answered with an error, or with an answer that could not be read.';
COMMENT ON COLUMN usage.lanes."unknown" IS 'Attempts that may have reached the gateway and whose end is not known.';
COMMENT ON COLUMN usage.lanes.refunded IS 'Attempts of which no byte was sent.';
