-- Purpose: the newest observations of an offer, each with its call and its stored answer as far as they are still kept.
-- Params:  $1 bigint offer id; $2 int how many
-- Returns: observedAt, source, isFound, isLate, minPriceCny, stock, callId, runId, api (null: the call's month was
--          dropped), rawId (null: the answer's month was dropped), version that read it; the newest first
SELECT o.observed_at AS "observedAt", o.source, o.is_found AS "isFound", o.is_late AS "isLate",
       trim_scale(o.min_price_cny)::text AS "minPriceCny", o.stock::text AS stock, o.call_id::text AS "callId",
       c.run_id::text AS "runId", c.api, p.raw_id::text AS "rawId", p.normalizer_version AS version
FROM catalog.observation o
LEFT JOIN usage.api_call c ON c.call_id = o.call_id AND c.granted_at = o.observed_at
LEFT JOIN raw.payload p ON p.call_id = o.call_id
WHERE o.offer_id = $1::bigint
ORDER BY o.observed_at DESC, o.call_id DESC
LIMIT $2::int;
