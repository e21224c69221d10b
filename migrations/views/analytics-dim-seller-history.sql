-- Purpose: the versions of a seller, as detail answers described it. A name that an answer leaves out still holds: that
--          is no change. not_before costs nothing unless a query selects it. It reads the offers that belong to the
--          seller now, from the time at which they came to it.
CREATE VIEW analytics.dim_seller_history AS
SELECT v.seller_id, v.valid_from, v.valid_to, v.valid_to IS NULL AS is_current, v.changed_fields,
       (SELECT max(b.observed_at)
        FROM catalog.offer f
        CROSS JOIN LATERAL (
          SELECT o.observed_at
          FROM catalog.observation o
          WHERE o.offer_id = f.offer_id AND o.source = 'detail' AND o.is_found AND o.observed_at < v.valid_from
            -- Earlier answers about the offer described another seller.
            AND o.observed_at >= coalesce((
              SELECT max(c.observed_at) FROM catalog.offer_change c WHERE c.offer_id = f.offer_id AND c.field = 'seller_id'), '-infinity')
          ORDER BY o.observed_at DESC
          LIMIT 1
        ) b
        WHERE f.seller_id = v.seller_id) AS not_before,
       v.company_name, v.trade_medal_level, v.composite_service_score, v.logistics_experience_score, v.dispute_complaint_score,
       v.offer_experience_score, v.after_sales_experience_score, v.consulting_experience_score,
       v.repeat_purchase_rate, v.pickup_48h_rate, v.quality_refund_rate, v.identities, v.call_id
FROM (
  SELECT c.*, lead(c.valid_from) OVER (PARTITION BY c.seller_id ORDER BY c.valid_from) AS valid_to
  FROM (
    SELECT d.*,
           CASE WHEN d.content_before IS NULL THEN '{}'
             ELSE ARRAY(SELECT n.key FROM jsonb_each(d.content) n WHERE n.value <> d.content_before -> n.key ORDER BY n.key) END AS changed_fields
    FROM (
      SELECT e.*, lag(e.content) OVER (PARTITION BY e.seller_id ORDER BY e.valid_from) AS content_before
      FROM (
        SELECT b.seller_id, b.valid_from, b.call_id, b.company_name, b.trade_medal AS trade_medal_level, b.composite_service_score, b.logistics_experience_score, b.dispute_complaint_score,
               b.offer_experience_score, b.after_sales_experience_score, b.consulting_experience_score,
               b.repeat_purchase_rate, b.pickup_48h_rate, b.quality_refund_rate, b.identities,
               to_jsonb(b) - '{seller_id,valid_from,valid_to,call_id,closed_by_call_id,trade_medal,names}'::text[]
                 || jsonb_build_object('trade_medal_level', b.trade_medal) AS content
        FROM (
          SELECT a.seller_id, a.valid_from, a.call_id, a.names, a.trade_medal, a.composite_service_score, a.logistics_experience_score, a.dispute_complaint_score,
                 a.offer_experience_score, a.after_sales_experience_score, a.consulting_experience_score,
                 a.repeat_purchase_rate, a.pickup_48h_rate, a.quality_refund_rate, a.identities,
                 max(a.company_name) OVER (PARTITION BY a.seller_id, a.names) AS company_name
          FROM (
            SELECT h.*, count(h.company_name) OVER (PARTITION BY h.seller_id ORDER BY h.valid_from, h.call_id) AS names
            FROM catalog.seller_history h
            WHERE h.valid_to IS NULL OR h.valid_to > h.valid_from
          ) a
        ) b
      ) e
    ) d
  ) c
  WHERE c.content_before IS NULL OR c.changed_fields <> '{}'
) v;

COMMENT ON VIEW analytics.dim_seller_history IS 'One version of a seller, as detail answers described it over [valid_from, valid_to). An answer that shows no change adds no row. Filter by seller_id. Key: seller_id, valid_from.';
COMMENT ON COLUMN analytics.dim_seller_history.seller_id IS 'Seller (dim_seller).';
COMMENT ON COLUMN analytics.dim_seller_history.valid_from IS 'Grant time of the first call with this description.';
COMMENT ON COLUMN analytics.dim_seller_history.valid_to IS 'Grant time of the call with another description; null: this is the current one.';
COMMENT ON COLUMN analytics.dim_seller_history.is_current IS 'True: no later answer had another description.';
COMMENT ON COLUMN analytics.dim_seller_history.changed_fields IS 'Columns that changed at valid_from; empty for the first description.';
COMMENT ON COLUMN analytics.dim_seller_history.not_before IS 'Time of the last detail answer that still had the previous description: the change came after it. Counts answers about offers that belonged to the seller then and still do. Null: none is known.';
COMMENT ON COLUMN analytics.dim_seller_history.company_name IS 'Company name; the last one that was stated.';
COMMENT ON COLUMN analytics.dim_seller_history.trade_medal_level IS 'Trade medal level; half levels occur.';
COMMENT ON COLUMN analytics.dim_seller_history.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN analytics.dim_seller_history.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN analytics.dim_seller_history.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN analytics.dim_seller_history.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN analytics.dim_seller_history.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN analytics.dim_seller_history.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN analytics.dim_seller_history.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller_history.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller_history.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller_history.identities IS 'Labels that 1688 gives the merchant, as in dim_seller. Null: the answers had no such field.';
COMMENT ON COLUMN analytics.dim_seller_history.call_id IS 'First call with this description (usage.api_call; soft reference).';
