-- Purpose: sellers as their newest detail answers describe them.
CREATE VIEW analytics.dim_seller AS
SELECT seller_id, company_name, coalesce(trade_medal, trade_medal_level)::numeric(14, 4) AS trade_medal_level, composite_service_score, logistics_experience_score,
       dispute_complaint_score, offer_experience_score, after_sales_experience_score, consulting_experience_score,
       repeat_purchase_rate, changed_at, (changed_at AT TIME ZONE INTERVAL '8 hours')::date AS changed_day,
       pickup_48h_rate, quality_refund_rate, identities
FROM catalog.seller;

COMMENT ON VIEW analytics.dim_seller IS 'One seller, as known now. Key: seller_id.';
COMMENT ON COLUMN analytics.dim_seller.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN analytics.dim_seller.company_name IS 'Company name.';
COMMENT ON COLUMN analytics.dim_seller.trade_medal_level IS 'Trade medal level; half levels occur.';
COMMENT ON COLUMN analytics.dim_seller.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN analytics.dim_seller.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN analytics.dim_seller.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN analytics.dim_seller.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN analytics.dim_seller.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN analytics.dim_seller.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN analytics.dim_seller.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller.changed_at IS 'Grant time of the last call that changed this description.';
COMMENT ON COLUMN analytics.dim_seller.changed_day IS 'Day of changed_at in Shanghai.';
COMMENT ON COLUMN analytics.dim_seller.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller.identities IS 'Labels that 1688 gives the merchant: super_factory, powerful_merchants, tp_member. NULL: the newest description has no such field.';
