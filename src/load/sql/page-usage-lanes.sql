-- Purpose: calls of the last day by lane, API and outcome.
-- Params:  none
-- Returns: lane, api, calls, ok, failed
SELECT lane, api, count(*)::int AS calls, count(*) FILTER (WHERE outcome = 'ok')::int AS ok,
       count(*) FILTER (WHERE outcome <> 'ok')::int AS failed
FROM usage.api_call
WHERE granted_at > (SELECT usage.ledger_now()) - interval '1 day' AND state <> 'refunded'
GROUP BY lane, api
ORDER BY lane, calls DESC;
