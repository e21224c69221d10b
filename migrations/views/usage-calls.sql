-- Purpose: calls by API and hour, and by API and day, including hours and days without calls. Each call that counts is
--          in one of reserved, unknown, ok and the four errors; what was seen of an unknown call is in usage.errors.
--          Past hours come from usage.hour_total, others from the calls themselves. Reads only the hours that
--          conditions on `hour` and `day` choose: a short range stays cheap however long the past is.
CREATE VIEW usage.hourly AS
WITH limited AS MATERIALIZED (
  SELECT app_key, api, min(created_at) AS since,
         max(least(coalesce(valid_to, 'infinity'), usage.ledger_now())) AS until
  FROM usage.quota_limit
  WHERE api <> '*' AND api NOT LIKE '@%'
  GROUP BY app_key, api
)
SELECT h.hour, c.*
FROM (
  SELECT least((SELECT min(granted_at) FROM usage.api_call), (SELECT min(hour) FROM usage.totalled_hour),
               (SELECT min(since) FROM limited)) AS first_at,
         greatest((SELECT max(granted_at) FROM usage.api_call), usage.ledger_now()) AS last_at
) bound
CROSS JOIN LATERAL generate_series(
  date_trunc('hour', bound.first_at, 'UTC'), bound.last_at, interval '1 hour') AS h (hour)
LEFT JOIN usage.totalled_hour t ON t.hour = h.hour
CROSS JOIN LATERAL (
  SELECT app_key, api,
         coalesce(sum(calls) FILTER (WHERE state <> 'refunded'), 0)::int AS calls,
         coalesce(sum(calls) FILTER (WHERE state = 'reserved'), 0)::int AS reserved,
         coalesce(sum(calls) FILTER (WHERE state = 'committed'), 0)::int AS committed,
         coalesce(sum(calls) FILTER (WHERE state = 'unknown'), 0)::int AS "unknown",
         coalesce(sum(calls) FILTER (WHERE state = 'refunded'), 0)::int AS refunded,
         coalesce(sum(calls) FILTER (WHERE is_exempt AND state <> 'refunded'), 0)::int AS exempt,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'ok'), 0)::int AS ok,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'business_error'), 0)::int AS business_error,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'gateway_error'), 0)::int AS gateway_error,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'transport_error'), 0)::int AS transport_error,
         coalesce(sum(calls) FILTER (WHERE state = 'committed' AND outcome = 'invalid_answer'), 0)::int AS invalid_answer,
         coalesce(sum(calls) FILTER (WHERE state = 'refunded' AND outcome = 'not_sent'), 0)::int AS not_sent,
         sum(timed_calls)::int AS timed_calls,
         coalesce(sum(total_latency_ms), 0)::bigint AS total_latency_ms,
         round(sum(total_latency_ms) / nullif(sum(timed_calls), 0))::int AS average_latency_ms,
         max(max_latency_ms) AS max_latency_ms,
         coalesce(sum(response_bytes), 0)::bigint AS response_bytes,
         coalesce(sum(rows_loaded), 0)::bigint AS rows_loaded
  FROM (
    SELECT app_key, api, state, outcome, is_exempt, calls, timed_calls, total_latency_ms, max_latency_ms, response_bytes,
           rows_loaded
    FROM usage.hour_total
    WHERE t.hour IS NOT NULL AND hour = h.hour
    UNION ALL
    SELECT app_key, api, state, outcome, is_exempt, count(*), count(latency_ms), sum(latency_ms), max(latency_ms),
           sum(response_bytes), sum(rows_loaded)
    FROM usage.api_call
    WHERE t.hour IS NULL AND granted_at >= h.hour AND granted_at < h.hour + interval '1 hour'
    GROUP BY app_key, api, state, outcome, is_exempt
    UNION ALL
    SELECT app_key, api, NULL, NULL, NULL, 0, 0, NULL, NULL, NULL, NULL
    FROM limited
    WHERE since < h.hour + interval '1 hour' AND until >= h.hour
  ) part
  GROUP BY app_key, api
) c;

COMMENT ON VIEW usage.hourly IS
  'Calls per hour, app and API, by state and outcome. Hours without a call have a row while the API has a limit. Key: hour, app_key, api.';
COMMENT ON COLUMN usage.hourly.hour IS 'Start of the hour.';
COMMENT ON COLUMN usage.hourly.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.hourly.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.hourly.calls IS 'Calls that count: all attempts except refunded ones.';
COMMENT ON COLUMN usage.hourly.reserved IS 'Attempts in flight.';
COMMENT ON COLUMN usage.hourly.committed IS 'Attempts that were answered: the sum of ok and the four errors.';
COMMENT ON COLUMN usage.hourly."unknown" IS 'Attempts that may have reached the gateway and whose end is not known.';
COMMENT ON COLUMN usage.hourly.refunded IS 'Attempts of which no byte was sent.';
COMMENT ON COLUMN usage.hourly.exempt IS 'Calls that no limit counts (authorization).';
COMMENT ON COLUMN usage.hourly.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.hourly.business_error IS 'Attempts that the API answered with an error of its own.';
COMMENT ON COLUMN usage.hourly.gateway_error IS 'Attempts that the gateway refused.';
COMMENT ON COLUMN usage.hourly.transport_error IS 'Attempts that broke off after an answer had begun; without an answer they are unknown or refunded.';
COMMENT ON COLUMN usage.hourly.invalid_answer IS 'Attempts whose answer could not be read.';
COMMENT ON COLUMN usage.hourly.not_sent IS 'Refunded attempts that were given up before sending.';
COMMENT ON COLUMN usage.hourly.timed_calls IS 'Attempts whose latency was measured.';
COMMENT ON COLUMN usage.hourly.total_latency_ms IS 'Sum of the latencies of timed_calls. For an average over several rows, divide the sums of the two columns.';
COMMENT ON COLUMN usage.hourly.average_latency_ms IS 'Average time from sending to the complete answer; null without an answer.';
COMMENT ON COLUMN usage.hourly.max_latency_ms IS 'Longest time from sending to the complete answer; null without an answer.';
COMMENT ON COLUMN usage.hourly.response_bytes IS 'Bytes of all answers.';
COMMENT ON COLUMN usage.hourly.rows_loaded IS 'Catalog rows that came from the answers.';

CREATE VIEW usage.daily AS
SELECT (hour AT TIME ZONE INTERVAL '8 hours')::date AS day, app_key, api,
       sum(calls)::int AS calls,
       sum(reserved)::int AS reserved,
       sum(committed)::int AS committed,
       sum("unknown")::int AS "unknown",
       sum(refunded)::int AS refunded,
       sum(exempt)::int AS exempt,
       sum(ok)::int AS ok,
       sum(business_error)::int AS business_error,
       sum(gateway_error)::int AS gateway_error,
       sum(transport_error)::int AS transport_error,
       sum(invalid_answer)::int AS invalid_answer,
       sum(not_sent)::int AS not_sent,
       sum(timed_calls)::int AS timed_calls,
       sum(total_latency_ms)::bigint AS total_latency_ms,
       round(sum(total_latency_ms) / nullif(sum(timed_calls), 0))::int AS average_latency_ms,
       max(max_latency_ms) AS max_latency_ms,
       sum(response_bytes)::bigint AS response_bytes,
       sum(rows_loaded)::bigint AS rows_loaded
FROM usage.hourly
GROUP BY 1, 2, 3;

COMMENT ON VIEW usage.daily IS
  'Calls per day, app and API, by state and outcome. Days without a call have a row while the API has a limit. Key: day, app_key, api.';
COMMENT ON COLUMN usage.daily.day IS 'The day in Shanghai, as 1688 counts days.';
COMMENT ON COLUMN usage.daily.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.daily.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.daily.calls IS 'Calls that count: all attempts except refunded ones.';
COMMENT ON COLUMN usage.daily.reserved IS 'Attempts in flight.';
COMMENT ON COLUMN usage.daily.committed IS 'Attempts that were answered: the sum of ok and the four errors.';
COMMENT ON COLUMN usage.daily."unknown" IS 'Attempts that may have reached the gateway and whose end is not known.';
COMMENT ON COLUMN usage.daily.refunded IS 'Attempts of which no byte was sent.';
COMMENT ON COLUMN usage.daily.exempt IS 'Calls that no limit counts (authorization).';
COMMENT ON COLUMN usage.daily.ok IS 'Attempts that brought what was asked for.';
COMMENT ON COLUMN usage.daily.business_error IS 'Attempts that the API answered with an error of its own.';
COMMENT ON COLUMN usage.daily.gateway_error IS 'Attempts that the gateway refused.';
COMMENT ON COLUMN usage.daily.transport_error IS 'Attempts that broke off after an answer had begun; without an answer they are unknown or refunded.';
COMMENT ON COLUMN usage.daily.invalid_answer IS 'Attempts whose answer could not be read.';
COMMENT ON COLUMN usage.daily.not_sent IS 'Refunded attempts that were given up before sending.';
COMMENT ON COLUMN usage.daily.timed_calls IS 'Attempts whose latency was measured.';
COMMENT ON COLUMN usage.daily.total_latency_ms IS 'Sum of the latencies of timed_calls. For an average over several rows, divide the sums of the two columns.';
COMMENT ON COLUMN usage.daily.average_latency_ms IS 'Average time from sending to the complete answer; null without an answer.';
COMMENT ON COLUMN usage.daily.max_latency_ms IS 'Longest time from sending to the complete answer; null without an answer.';
COMMENT ON COLUMN usage.daily.response_bytes IS 'Bytes of all answers.';
COMMENT ON COLUMN usage.daily.rows_loaded IS 'Catalog rows that came from the answers.';
