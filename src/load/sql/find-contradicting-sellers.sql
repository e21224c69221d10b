-- Purpose: the sellers whose histories disagree with given descriptions.
-- Params:  $1 jsonb rows of catalog.seller_history, valid_from and call_id of the answer
-- Returns: seller_id
SELECT DISTINCT n.seller_id
FROM jsonb_populate_recordset(NULL::catalog.seller_history, $1::jsonb) AS n
LEFT JOIN LATERAL (
  SELECT h.*
  FROM catalog.seller_history h
  WHERE h.seller_id = n.seller_id AND (h.valid_from, h.call_id) <= (n.valid_from, n.call_id)
  ORDER BY h.valid_from DESC, h.call_id DESC
  LIMIT 1
) h ON true
WHERE h.seller_id IS NULL
   OR (h.company_name, h.trade_medal, h.composite_service_score, h.logistics_experience_score, h.dispute_complaint_score,
       h.offer_experience_score, h.after_sales_experience_score, h.consulting_experience_score, h.repeat_purchase_rate,
       h.pickup_48h_rate, h.quality_refund_rate, h.identities)
      IS DISTINCT FROM
      (n.company_name, n.trade_medal, n.composite_service_score, n.logistics_experience_score, n.dispute_complaint_score,
       n.offer_experience_score, n.after_sales_experience_score, n.consulting_experience_score, n.repeat_purchase_rate,
       n.pickup_48h_rate, n.quality_refund_rate, n.identities);
