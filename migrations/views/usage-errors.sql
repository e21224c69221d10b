-- Purpose: what went wrong, by call and by day. The mapping to docs/errors.md repeats that of the gateway client, as
--          far as code and status determine it; a test compares the two.
CREATE VIEW usage.failed_call AS
SELECT e.*,
       CASE
         WHEN e.error_code IN ('GATEWAY_SIGNATURE_REFUSED', 'GATEWAY_APP_KEY_UNKNOWN', 'GATEWAY_TOKEN_INVALID',
           'GATEWAY_TIMESTAMP_REFUSED')
           THEN 'halt'
         WHEN e.error_code IN ('GATEWAY_NO_GRANT', 'GATEWAY_API_UNKNOWN', 'GATEWAY_PACKAGE_USED_UP') THEN 'stop-api'
         WHEN e.error_code IN ('GATEWAY_TOO_FAST_APP', 'GATEWAY_TOO_FAST_API', 'GATEWAY_STOPPED') THEN 'throttle'
         WHEN e.error_code IN ('GATEWAY_PARAM_MISSING', 'GATEWAY_BUSINESS_REFUSED', 'GATEWAY_REFUSED',
           'GATEWAY_ANSWER_TOO_LARGE')
           THEN 'fail'
         WHEN e.error_code IS NOT NULL OR e.outcome = 'transport_error' THEN 'retry'
       END AS recovery
FROM (
  SELECT call_id, granted_at, run_id, job_id, app_key, api, operation, state, coalesce(outcome, 'unknown') AS outcome,
         gateway_code, http_status,
         CASE
           WHEN outcome = 'not_sent' THEN 'GATEWAY_STOPPED'
           WHEN outcome IS NULL OR outcome = 'transport_error' THEN NULL
           WHEN gateway_code IN ('500_1', '500_2') THEN 'GATEWAY_TRY_LATER'
           WHEN outcome = 'gateway_error' AND gateway_code IN ('gw.SignatureInvalid', 'gw.SignatureMissing')
             THEN 'GATEWAY_SIGNATURE_REFUSED'
           WHEN outcome = 'gateway_error' AND gateway_code IN ('gw.AppKeyMissing', 'gw.AppKeyNotFound')
             THEN 'GATEWAY_APP_KEY_UNKNOWN'
           WHEN outcome = 'gateway_error' AND gateway_code = '401' THEN 'GATEWAY_TOKEN_INVALID'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.APIACLDecline' THEN 'GATEWAY_NO_GRANT'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.APIUnsupported' THEN 'GATEWAY_API_UNKNOWN'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.ParamMissing' THEN 'GATEWAY_PARAM_MISSING'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.NoUsageLeftError' THEN 'GATEWAY_PACKAGE_USED_UP'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.TimestampInvalid' THEN 'GATEWAY_TIMESTAMP_REFUSED'
           WHEN outcome = 'gateway_error' AND gateway_code = 'gw.QosAPIFrequencyLimit' THEN 'GATEWAY_TOO_FAST_API'
           WHEN outcome = 'gateway_error' AND gateway_code LIKE 'gw.Qos%' THEN 'GATEWAY_TOO_FAST_APP'
           -- Of an answer that is larger than the limit, the size is not known. Of all other unreadable ones it is.
           WHEN outcome = 'invalid_answer' AND http_status IS NOT NULL AND response_bytes IS NULL
             THEN 'GATEWAY_ANSWER_TOO_LARGE'
           WHEN http_status BETWEEN 300 AND 399 THEN 'GATEWAY_REDIRECT'
           WHEN outcome = 'invalid_answer' THEN 'GATEWAY_ANSWER_UNREADABLE'
           WHEN http_status >= 500 THEN 'GATEWAY_UNAVAILABLE'
           WHEN http_status = 429 THEN 'GATEWAY_TOO_FAST_APP'
           WHEN http_status = 408 THEN 'GATEWAY_TIMEOUT'
           WHEN http_status = 401 THEN 'GATEWAY_TOKEN_INVALID'
           WHEN http_status = 403 THEN 'GATEWAY_NO_GRANT'
           WHEN outcome = 'business_error' THEN 'GATEWAY_BUSINESS_REFUSED'
           ELSE 'GATEWAY_REFUSED'
         END AS error_code
  FROM usage.api_call
  WHERE state <> 'reserved' AND outcome IS DISTINCT FROM 'ok'
) e;

COMMENT ON VIEW usage.failed_call IS 'Calls that did not bring what was asked for, one row each. Filter by a range of granted_at, or by run_id.';
COMMENT ON COLUMN usage.failed_call.call_id IS 'Call id, in usage.api_call and in the log.';
COMMENT ON COLUMN usage.failed_call.granted_at IS 'Grant time of the call.';
COMMENT ON COLUMN usage.failed_call.run_id IS 'Run that made it (sync.run); null: none.';
COMMENT ON COLUMN usage.failed_call.job_id IS 'Job that made it, as named in the log; null: none.';
COMMENT ON COLUMN usage.failed_call.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.failed_call.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.failed_call.operation IS 'Kind of request, such as offer.detail or search.keyword.';
COMMENT ON COLUMN usage.failed_call.state IS 'committed, unknown or refunded.';
COMMENT ON COLUMN usage.failed_call.outcome IS
  'business_error, gateway_error, transport_error, invalid_answer, not_sent; unknown: the end is not known.';
COMMENT ON COLUMN usage.failed_call.gateway_code IS 'Error code of the gateway or the API; null: the answer had none.';
COMMENT ON COLUMN usage.failed_call.http_status IS 'HTTP status; null: no answer.';
COMMENT ON COLUMN usage.failed_call.error_code IS
  'Code in docs/errors.md; null if code and status do not determine it: see the log. A refusal that only its text identifies counts as GATEWAY_REFUSED.';
COMMENT ON COLUMN usage.failed_call.recovery IS
  'What happens automatically (docs/errors.md): retry, throttle, fail, stop-api, halt; null: error_code is not known.';

-- Reads only the days that a condition on `day` chooses.
CREATE VIEW usage.errors AS
SELECT d.day, e.*
FROM (
  SELECT s.starts::date AS day, s.starts AT TIME ZONE INTERVAL '8 hours' AS starts_at,
         (s.starts + interval '1 day') AT TIME ZONE INTERVAL '8 hours' AS ends_at
  FROM (SELECT min(granted_at) AS first_at, max(granted_at) AS last_at FROM usage.api_call) bound
  CROSS JOIN LATERAL generate_series(
    date_trunc('day', bound.first_at AT TIME ZONE INTERVAL '8 hours'), bound.last_at AT TIME ZONE INTERVAL '8 hours',
    interval '1 day') AS s (starts)
) d
CROSS JOIN LATERAL (
  SELECT app_key, api, outcome, gateway_code, http_status, error_code, recovery,
         count(*)::int AS calls, count(*) FILTER (WHERE state = 'refunded')::int AS refunded,
         min(granted_at) AS first_at, max(granted_at) AS last_at, max(call_id) AS example_call_id
  FROM usage.failed_call
  WHERE granted_at >= d.starts_at AND granted_at < d.ends_at
  GROUP BY 1, 2, 3, 4, 5, 6, 7
) e;

COMMENT ON VIEW usage.errors IS 'Calls that did not bring what was asked for, by day, API, outcome, code and status.';
COMMENT ON COLUMN usage.errors.day IS 'The day in Shanghai, as 1688 counts days.';
COMMENT ON COLUMN usage.errors.app_key IS 'The app that called.';
COMMENT ON COLUMN usage.errors.api IS 'namespace:name:version of the API.';
COMMENT ON COLUMN usage.errors.outcome IS
  'business_error, gateway_error, transport_error, invalid_answer, not_sent; unknown: the end is not known.';
COMMENT ON COLUMN usage.errors.gateway_code IS 'Error code of the gateway or the API; null: the answer had none.';
COMMENT ON COLUMN usage.errors.http_status IS 'HTTP status; null: no answer.';
COMMENT ON COLUMN usage.errors.error_code IS
  'Code in docs/errors.md; null if code and status do not determine it: see the log. A refusal that only its text identifies counts as GATEWAY_REFUSED.';
COMMENT ON COLUMN usage.errors.recovery IS
  'What happens automatically (docs/errors.md): retry, throttle, fail, stop-api, halt; null: error_code is not known.';
COMMENT ON COLUMN usage.errors.calls IS 'Number of calls.';
COMMENT ON COLUMN usage.errors.refunded IS 'Number of these calls of which no byte was sent, so that they cost nothing.';
COMMENT ON COLUMN usage.errors.first_at IS 'Grant time of the first of these calls.';
COMMENT ON COLUMN usage.errors.last_at IS 'Grant time of the last of these calls.';
COMMENT ON COLUMN usage.errors.example_call_id IS 'Id of the last of these calls, in usage.api_call and in the log.';
