-- Purpose: one call, from its request to its outcome.
-- Params:  $1 bigint call id, which is the request id that 1688 got
-- Returns: one row, or none (its month may have been dropped): callId, api, operation, lane, request, runId, jobId, feed (of
--          its search; null: no search of a feed), state, outcome, errorCode (of docs/errors.md; null: none, or not known), gatewayCode,
--          httpStatus, grantedAt, sendAt, sentAt, settledAt, latencyMs, responseBytes, rowsLoaded, offersNew, offersChanged,
--          pricesChanged, hasAnswer (it brought one that was stored), rawId (null: it is not, or no longer, stored), loadedAt, erasedAt
SELECT c.call_id::text AS "callId", c.api, c.operation, c.lane, c.request, c.run_id::text AS "runId", c.job_id AS "jobId",
       nullif(w.feed, '') AS feed, c.state, c.outcome, e.error_code AS "errorCode", c.gateway_code AS "gatewayCode", c.http_status AS "httpStatus",
       c.granted_at AS "grantedAt", c.send_at AS "sendAt", c.sent_at AS "sentAt", c.settled_at AS "settledAt",
       c.latency_ms AS "latencyMs", c.response_bytes AS "responseBytes", c.rows_loaded AS "rowsLoaded",
       c.offers_new AS "offersNew", c.offers_changed AS "offersChanged", c.prices_changed AS "pricesChanged",
       c.raw_id IS NOT NULL AS "hasAnswer", p.raw_id::text AS "rawId", p.loaded_at AS "loadedAt", p.erased_at AS "erasedAt"
FROM usage.api_call c
LEFT JOIN usage.failed_call e ON e.call_id = c.call_id AND e.granted_at = c.granted_at
LEFT JOIN sync.search_window w ON w.window_id = c.window_id
LEFT JOIN raw.payload p ON p.raw_id = c.raw_id
WHERE c.call_id = $1::bigint;
