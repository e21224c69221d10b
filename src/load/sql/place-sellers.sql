-- Purpose: puts descriptions of locked sellers into their histories, as if they had been loaded in the order of their
--          calls. A description changes what was known from its call to the next detail answer that found an offer of
--          the seller; what other answers said follows from the histories themselves.
-- Params:  $1 jsonb rows of catalog.seller_history, valid_from and call_id of the answer
-- Returns: nothing
WITH n AS (
  SELECT seller_id, valid_from, call_id, to_jsonb(n) - '{seller_id,valid_from,call_id,valid_to,closed_by_call_id}'::text[] AS value
  FROM jsonb_populate_recordset(NULL::catalog.seller_history, $1::jsonb) AS n
),
span AS (
  SELECT first.*, until.observed_at AS until_at, until.call_id AS until_call_id
  FROM (SELECT DISTINCT ON (seller_id) seller_id, valid_from AS from_at, call_id AS from_call_id
        FROM n ORDER BY seller_id, valid_from, call_id) first
  JOIN (SELECT DISTINCT ON (seller_id) seller_id, valid_from, call_id
        FROM n ORDER BY seller_id, valid_from DESC, call_id DESC) last USING (seller_id)
  LEFT JOIN LATERAL (
    SELECT o.observed_at, o.call_id
    FROM catalog.offer f
    JOIN catalog.observation o USING (offer_id)
    WHERE f.seller_id = first.seller_id AND o.source = 'detail' AND o.is_found
      AND (o.observed_at, o.call_id) > (last.valid_from, last.call_id)
    ORDER BY o.observed_at, o.call_id
    LIMIT 1
  ) until ON true
),
sample AS (
  SELECT s.seller_id, o.observed_at, o.call_id
  FROM span s
  JOIN catalog.offer f USING (seller_id)
  JOIN catalog.observation o ON o.offer_id = f.offer_id AND o.source = 'detail' AND o.is_found
    AND (o.observed_at, o.call_id) >= (s.from_at, s.from_call_id)
    AND (s.until_at IS NULL OR (o.observed_at, o.call_id) <= (s.until_at, s.until_call_id))
  UNION
  SELECT seller_id, valid_from, call_id FROM n
),
past AS (
  SELECT h.seller_id, h.valid_from, h.call_id, h.valid_to, h.closed_by_call_id,
         to_jsonb(h) - '{seller_id,valid_from,call_id,valid_to,closed_by_call_id}'::text[] AS value
  FROM span JOIN catalog.seller_history h USING (seller_id)
),
point AS (
  SELECT h.seller_id, h.valid_from, h.call_id, h.value
  FROM past h
  JOIN span s USING (seller_id)
  WHERE (h.valid_from, h.call_id) < (s.from_at, s.from_call_id) OR (h.valid_from, h.call_id) > (s.until_at, s.until_call_id)
  UNION ALL
  SELECT s.seller_id, s.observed_at, s.call_id, coalesce(n.value, h.value)
  FROM sample s
  LEFT JOIN n ON (n.seller_id, n.call_id) = (s.seller_id, s.call_id)
  LEFT JOIN LATERAL (
    SELECT h.value
    FROM past h
    WHERE h.seller_id = s.seller_id AND (h.valid_from, h.call_id) <= (s.observed_at, s.call_id)
    ORDER BY h.valid_from DESC, h.call_id DESC
    LIMIT 1
  ) h ON n.value IS NULL
  WHERE n.value IS NOT NULL OR h.value IS NOT NULL
),
placed AS (
  SELECT seller_id, valid_from, call_id, value, lead(valid_from) OVER one AS valid_to, lead(call_id) OVER one AS closed_by_call_id
  FROM (
    SELECT *, value IS DISTINCT FROM lag(value) OVER (PARTITION BY seller_id ORDER BY valid_from, call_id) AS is_start FROM point
  ) p
  WHERE is_start
  WINDOW one AS (PARTITION BY seller_id ORDER BY valid_from, call_id)
),
removed AS (
  DELETE FROM catalog.seller_history h
  USING span s
  WHERE h.seller_id = s.seller_id
    AND NOT EXISTS (SELECT FROM placed p WHERE (p.seller_id, p.valid_from, p.call_id) = (h.seller_id, h.valid_from, h.call_id))
)
INSERT INTO catalog.seller_history AS h
SELECT r.*
FROM placed p
LEFT JOIN past b USING (seller_id, valid_from, call_id)
CROSS JOIN LATERAL jsonb_populate_record(NULL::catalog.seller_history, p.value || (to_jsonb(p) - 'value')) AS r
WHERE (b.valid_to, b.closed_by_call_id, b.value) IS DISTINCT FROM (p.valid_to, p.closed_by_call_id, p.value)
ON CONFLICT (seller_id, valid_from, call_id) DO UPDATE
SET valid_to = excluded.valid_to, closed_by_call_id = excluded.closed_by_call_id, company_name = excluded.company_name,
    trade_medal = excluded.trade_medal, composite_service_score = excluded.composite_service_score,
    logistics_experience_score = excluded.logistics_experience_score,
    dispute_complaint_score = excluded.dispute_complaint_score, offer_experience_score = excluded.offer_experience_score,
    after_sales_experience_score = excluded.after_sales_experience_score,
    consulting_experience_score = excluded.consulting_experience_score,
    repeat_purchase_rate = excluded.repeat_purchase_rate, pickup_48h_rate = excluded.pickup_48h_rate,
    quality_refund_rate = excluded.quality_refund_rate, identities = excluded.identities;
