-- Purpose: writes sellers that are new or described differently; a name that the answer does not state stays. Their
--          observations are locked (lock-sellers).
-- Params:  $1 jsonb rows of catalog.seller
-- Returns: nothing
INSERT INTO catalog.seller AS s
SELECT n.*
FROM jsonb_populate_recordset(NULL::catalog.seller, $1::jsonb) AS n
LEFT JOIN catalog.seller k USING (seller_id)
WHERE k.seller_id IS NULL
   OR (k.company_name, k.trade_medal_level, k.composite_service_score, k.logistics_experience_score,
       k.dispute_complaint_score, k.offer_experience_score, k.after_sales_experience_score,
       k.consulting_experience_score, k.repeat_purchase_rate, k.trade_medal, k.pickup_48h_rate, k.quality_refund_rate,
       k.identities)
      IS DISTINCT FROM
      (coalesce(n.company_name, k.company_name), n.trade_medal_level, n.composite_service_score,
       n.logistics_experience_score, n.dispute_complaint_score, n.offer_experience_score, n.after_sales_experience_score,
       n.consulting_experience_score, n.repeat_purchase_rate, n.trade_medal, n.pickup_48h_rate, n.quality_refund_rate,
       n.identities)
ON CONFLICT (seller_id) DO UPDATE
SET company_name = coalesce(excluded.company_name, s.company_name),
    trade_medal_level = excluded.trade_medal_level,
    composite_service_score = excluded.composite_service_score,
    logistics_experience_score = excluded.logistics_experience_score,
    dispute_complaint_score = excluded.dispute_complaint_score,
    offer_experience_score = excluded.offer_experience_score,
    after_sales_experience_score = excluded.after_sales_experience_score,
    consulting_experience_score = excluded.consulting_experience_score,
    repeat_purchase_rate = excluded.repeat_purchase_rate,
    trade_medal = excluded.trade_medal,
    pickup_48h_rate = excluded.pickup_48h_rate,
    quality_refund_rate = excluded.quality_refund_rate,
    identities = excluded.identities,
    changed_at = excluded.changed_at,
    call_id = excluded.call_id;
