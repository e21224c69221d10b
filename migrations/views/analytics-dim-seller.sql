-- Purpose: sellers as their newest detail answers describe them.
CREATE VIEW analytics.dim_seller AS
SELECT seller_id, company_name, trade_medal_level, composite_service_score, logistics_experience_score,
       dispute_complaint_score, offer_experience_score, after_sales_experience_score, consulting_experience_score,
       repeat_purchase_rate, changed_at, (changed_at AT TIME ZONE 'Asia/Shanghai')::date AS changed_day
FROM catalog.seller;

COMMENT ON VIEW analytics.dim_seller IS 'One seller, as known now. Key: seller_id.';
COMMENT ON COLUMN analytics.dim_seller.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN analytics.dim_seller.company_name IS 'Company name.';
COMMENT ON COLUMN analytics.dim_seller.trade_medal_level IS 'Trade medal level.';
COMMENT ON COLUMN analytics.dim_seller.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN analytics.dim_seller.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN analytics.dim_seller.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN analytics.dim_seller.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN analytics.dim_seller.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN analytics.dim_seller.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN analytics.dim_seller.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN analytics.dim_seller.changed_at IS 'When the call that last changed this description was granted.';
COMMENT ON COLUMN analytics.dim_seller.changed_day IS 'Day of that in Shanghai.';
