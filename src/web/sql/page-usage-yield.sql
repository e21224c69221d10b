-- Purpose: the yield of the calls of the last days, by operation and feed, and what the wasted ones failed by.
-- Params:  $1 integer days
-- Returns: operation, feed (null: not a search), calls, offersNew, offersChanged, pricesChanged, wasted, failed,
--          unknown, repeated, noYield
SELECT operation, feed, sum(calls)::int AS calls, sum(offers_new)::int AS "offersNew",
       sum(offers_changed)::int AS "offersChanged", sum(prices_changed)::int AS "pricesChanged",
       sum(wasted)::int AS wasted,
       sum(business_error + gateway_error + transport_error + invalid_answer)::int AS failed,
       sum("unknown")::int AS "unknown", sum(repeated)::int AS repeated, sum(no_yield)::int AS "noYield"
FROM usage.yield
WHERE day > (usage.ledger_now() AT TIME ZONE INTERVAL '8 hours')::date - $1::int
GROUP BY operation, feed
ORDER BY calls DESC, operation, feed;
