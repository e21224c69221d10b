-- Purpose: writes when offers were last fetched, what that showed, and their place in the queue; ends the leases of
--          those that were requested.
-- Params:  $1 jsonb [{offer_id, first_seen_at, summary_at, summary_call_id, detail_at, detail_call_id, found_at,
--          found_call_id, last_call_id, empty_detail_streak, absent_at, absent_call_id, popularity, rate_changes, rate_days,
--          changed_at, stale_since, stale_by, vouched_at, price_hinted_at, date_hinted_at, is_in_stock, offer_changes, offer_days, price_changes, price_days,
--          in_stock_changes, in_stock_days, out_of_stock_changes, out_of_stock_days, gone_changes, gone_days, evidence, feed_set, bucket, order_at}]; $2 boolean true: they
--          were asked for, so end their leases
-- Returns: nothing
UPDATE sync.refresh r
SET first_seen_at = least(r.first_seen_at, n.first_seen_at),
    summary_at = n.summary_at,
    summary_call_id = n.summary_call_id,
    detail_at = n.detail_at,
    detail_call_id = n.detail_call_id,
    found_at = n.found_at,
    found_call_id = n.found_call_id,
    last_call_id = n.last_call_id,
    empty_detail_streak = n.empty_detail_streak,
    absent_at = n.absent_at,
    absent_call_id = n.absent_call_id,
    popularity = n.popularity,
    rate_changes = n.rate_changes,
    rate_days = n.rate_days,
    changed_at = n.changed_at,
    stale_since = n.stale_since,
    stale_by = n.stale_by,
    vouched_at = n.vouched_at,
    price_hinted_at = n.price_hinted_at,
    date_hinted_at = n.date_hinted_at,
    is_in_stock = n.is_in_stock,
    offer_changes = n.offer_changes,
    offer_days = n.offer_days,
    price_changes = n.price_changes,
    price_days = n.price_days,
    in_stock_changes = n.in_stock_changes,
    in_stock_days = n.in_stock_days,
    out_of_stock_changes = n.out_of_stock_changes,
    out_of_stock_days = n.out_of_stock_days,
    gone_changes = n.gone_changes,
    gone_days = n.gone_days,
    evidence = n.evidence,
    feed_set = n.feed_set,
    bucket = n.bucket,
    order_at = n.order_at,
    not_before = CASE WHEN $2::boolean THEN NULL ELSE r.not_before END,
    failed_tries = CASE WHEN $2::boolean THEN 0 ELSE r.failed_tries END,
    failure_code = CASE WHEN $2::boolean THEN NULL ELSE r.failure_code END,
    leased_by = CASE WHEN $2::boolean THEN NULL ELSE r.leased_by END,
    leased_until = CASE WHEN $2::boolean THEN NULL ELSE r.leased_until END
FROM jsonb_populate_recordset(NULL::sync.refresh, $1::jsonb) AS n
WHERE r.offer_id = n.offer_id
  AND (
    n.first_seen_at < r.first_seen_at
    OR (r.summary_at, r.summary_call_id, r.detail_at, r.detail_call_id, r.found_at, r.found_call_id, r.empty_detail_streak,
        r.absent_at, r.absent_call_id, r.stale_since, r.feed_set)
      IS DISTINCT FROM
      (n.summary_at, n.summary_call_id, n.detail_at, n.detail_call_id, n.found_at, n.found_call_id, n.empty_detail_streak,
       n.absent_at, n.absent_call_id, n.stale_since, n.feed_set)
    OR ($2::boolean AND (r.leased_by IS NOT NULL OR r.leased_until IS NOT NULL OR r.not_before IS NOT NULL))
  );
