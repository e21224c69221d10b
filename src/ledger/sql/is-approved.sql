-- Purpose: whether an API was approved: it has a daily or monthly limit that somebody knows, and that is not 0. A
--          preset of the account type only says what is usual.
-- Params:  $1 text app key; $2 text API
-- Returns: one row: isApproved
SELECT EXISTS (
  SELECT FROM usage.limits_in_effect($1::text, $2::text, usage.ledger_now()) l
  WHERE l.api <> '*' AND l.period_kind IN ('day', 'month') AND l.source <> 'preset' AND l.call_limit > 0
) AS "isApproved";
