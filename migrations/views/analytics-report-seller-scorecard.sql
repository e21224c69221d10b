-- Purpose: sellers by what they offer and how it changes. Counts by a subquery for each seller.
CREATE VIEW analytics.seller_scorecard AS
SELECT s.seller_id, s.company_name, o.offers, o.listed_offers, o.delisted_offers, o.missing_offers, o.gone_offers, o.new_offers_30d,
       round(o.delisted_offers::numeric / nullif(o.offers, 0), 4)::numeric(10, 4) AS delisted_share,
       (SELECT count(*)::int
        FROM catalog.offer f
        JOIN catalog.price_history h USING (offer_id)
        WHERE f.seller_id = s.seller_id AND h.kind = 'list' AND h.valid_to > k.now - interval '30 days'
       ) AS list_price_changes_30d,
       coalesce(s.trade_medal, s.trade_medal_level)::numeric(14, 4) AS trade_medal_level, s.composite_service_score, s.logistics_experience_score, s.dispute_complaint_score,
       s.offer_experience_score, s.after_sales_experience_score, s.consulting_experience_score, s.repeat_purchase_rate,
       s.pickup_48h_rate, s.quality_refund_rate
FROM catalog.seller s
CROSS JOIN analytics.clock k
CROSS JOIN LATERAL (
  SELECT count(*)::int AS offers,
         count(*) FILTER (WHERE f.state = 'listed')::int AS listed_offers,
         count(*) FILTER (WHERE f.state = 'delisted')::int AS delisted_offers,
         count(*) FILTER (WHERE f.state = 'missing')::int AS missing_offers,
         count(*) FILTER (WHERE f.state = 'gone')::int AS gone_offers,
         count(*) FILTER (WHERE r.first_seen_at > k.now - interval '30 days')::int AS new_offers_30d
  FROM catalog.offer f
  LEFT JOIN sync.refresh r USING (offer_id)
  WHERE f.seller_id = s.seller_id
) o;

COMMENT ON VIEW analytics.seller_scorecard IS 'What one seller offers, how this changes, and the seller''s scores. Only offers with a detail answer have a seller. Key: seller_id.';
COMMENT ON COLUMN analytics.seller_scorecard.seller_id IS 'Seller (dim_seller).';
COMMENT ON COLUMN analytics.seller_scorecard.company_name IS 'Company name.';
COMMENT ON COLUMN analytics.seller_scorecard.offers IS 'Known offers: listed + delisted + missing + gone.';
COMMENT ON COLUMN analytics.seller_scorecard.listed_offers IS 'Offers on sale.';
COMMENT ON COLUMN analytics.seller_scorecard.delisted_offers IS 'Offers that 1688 still shows, but not on sale.';
COMMENT ON COLUMN analytics.seller_scorecard.missing_offers IS 'Offers in state missing: their last detail answer was empty, or no search lists them any more.';
COMMENT ON COLUMN analytics.seller_scorecard.gone_offers IS 'Offers in state gone: their last detail answers, two or more in a row, were empty.';
COMMENT ON COLUMN analytics.seller_scorecard.new_offers_30d IS 'Offers first seen in the last 30 days; they need not be new at 1688.';
COMMENT ON COLUMN analytics.seller_scorecard.delisted_share IS 'delisted_offers / offers, 0 to 1; null: no offers.';
COMMENT ON COLUMN analytics.seller_scorecard.list_price_changes_30d IS 'List prices of its offers that ended in the last 30 days, by another price or by none.';
COMMENT ON COLUMN analytics.seller_scorecard.trade_medal_level IS 'Trade medal level; half levels occur.';
COMMENT ON COLUMN analytics.seller_scorecard.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN analytics.seller_scorecard.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN analytics.seller_scorecard.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN analytics.seller_scorecard.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN analytics.seller_scorecard.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN analytics.seller_scorecard.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN analytics.seller_scorecard.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN analytics.seller_scorecard.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN analytics.seller_scorecard.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
