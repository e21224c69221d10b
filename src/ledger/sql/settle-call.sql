-- Purpose: ends one call, stores its answer, if one is given, and stores what it shows of the app's permission, in the
--          same transaction.
-- Params:  $1 bigint call id; $2 text state; $3 text outcome; $4 text gateway code; $5 int http status;
--          $6 int latency in ms; $7 int bytes of the response; $8 bytea gzipped body; $9 int bytes of the body;
--          $10 bytea SHA-256 of the body; $11 text what the answer shows, as in usage.observe, token_refused, or null
-- Returns: one row: isKnown (false: there is no such call), rawId (null: nothing is stored)
SELECT is_known AS "isKnown", raw_id AS "rawId"
FROM usage.settle($1::bigint, $2::text, $3::text, $4::text, $5::int, $6::int, $7::int, $8::bytea, $9::int, $10::bytea,
                  $11::text);
