-- Purpose: locks offers in ascending id, with everything that belongs to them, until the transaction ends.
-- Params:  $1 bigint[] offer ids
-- Returns: offer_id, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, empty_detail_streak,
--          absent_at, absent_call_id, popularity, rate_changes, rate_days, changed_at, stale_since, stale_by, feed_set,
--          leased_for (null: free), vouched_at, price_hinted_at, date_hinted_at, is_in_stock, of each figure changes and days, and evidence
SELECT offer_id, summary_at, summary_call_id, detail_at, detail_call_id, found_at, found_call_id, empty_detail_streak, absent_at,
       absent_call_id, popularity, rate_changes, rate_days, changed_at, stale_since, stale_by, feed_set,
       CASE WHEN leased_by IS NOT NULL THEN leased_for END AS leased_for, vouched_at, price_hinted_at, date_hinted_at, is_in_stock, offer_changes, offer_days, price_changes, price_days,
       in_stock_changes, in_stock_days, out_of_stock_changes, out_of_stock_days, gone_changes, gone_days, evidence
FROM sync.refresh
WHERE offer_id = ANY ($1::bigint[])
ORDER BY offer_id
FOR NO KEY UPDATE;
