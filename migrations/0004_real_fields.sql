-- Fields of real answers that had no column, and kinds of prices. Every new kind is beside those there were, so no row is checked
-- again (NOT VALID), and nobody waits for that.
ALTER TABLE catalog.price DROP CONSTRAINT price_kind;
ALTER TABLE catalog.price ADD CONSTRAINT price_kind
  CHECK (kind IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy', 'jxhy_wholesale',
                  'search', 'search_consign')) NOT VALID;
COMMENT ON COLUMN catalog.price.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search or search_consign: docs/prices.md has their meanings.';
ALTER TABLE catalog.price_history DROP CONSTRAINT price_history_kind;
ALTER TABLE catalog.price_history ADD CONSTRAINT price_history_kind
  CHECK (kind IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy', 'jxhy_wholesale',
                  'search', 'search_consign')) NOT VALID;
COMMENT ON COLUMN catalog.price_history.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search or search_consign: docs/prices.md has their meanings.';

ALTER TABLE catalog.seller
  ADD COLUMN trade_medal numeric(7, 4),
  ADD COLUMN pickup_48h_rate numeric(7, 6),
  ADD COLUMN quality_refund_rate numeric(7, 6),
  ADD COLUMN identities text[];
COMMENT ON COLUMN catalog.seller.trade_medal IS 'Trade medal level with its half levels (4.5).';
COMMENT ON COLUMN catalog.seller.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN catalog.seller.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
COMMENT ON COLUMN catalog.seller.identities IS 'What 1688 calls the merchant: super_factory, powerful_merchants, tp_member. NULL: the newest description has no such field.';
COMMENT ON COLUMN catalog.seller.trade_medal_level IS 'Whole part of trade_medal.';

ALTER TABLE catalog.offer
  ADD COLUMN shipping_time_guarantee text,
  ADD COLUMN promotion_type text,
  ADD COLUMN tags text[],
  ADD COLUMN is_mix_allowed boolean,
  ADD COLUMN mix_amount_cny numeric(14, 4),
  ADD COLUMN mix_quantity integer,
  ADD COLUMN cargo_number text,
  ADD COLUMN selling_points text[],
  ADD COLUMN certificates jsonb,
  ADD COLUMN weight_g numeric(14, 3),
  ADD COLUMN weight_source text,
  ADD COLUMN length_mm numeric(14, 2),
  ADD COLUMN width_mm numeric(14, 2),
  ADD COLUMN height_mm numeric(14, 2),
  ADD COLUMN size_source text,
  ADD COLUMN seller_identities text[],
  ADD COLUMN offer_identities text[],
  ADD COLUMN is_patent_product boolean;
COMMENT ON COLUMN catalog.offer.shipping_time_guarantee IS 'When it is sent at the latest: shipIn24Hours, shipIn48Hours.';
COMMENT ON COLUMN catalog.offer.promotion_type IS 'Who pays promotionPrice, in 1688''s word: plus = members of PLUS. NULL: not stated.';
COMMENT ON COLUMN catalog.offer.tags IS 'Keys of the tags that are set: isOnePsale (dropshipping), isOnePsaleFreePostage, isSupportMix and others. NULL: no tags in the answer.';
COMMENT ON COLUMN catalog.offer.is_mix_allowed IS 'The seller mixes this offer with others in one order.';
COMMENT ON COLUMN catalog.offer.mix_amount_cny IS 'Such an order is accepted from so many yuan,';
COMMENT ON COLUMN catalog.offer.mix_quantity IS 'or from so many units.';
COMMENT ON COLUMN catalog.offer.cargo_number IS 'The seller''s own article number of the offer as a whole.';
COMMENT ON COLUMN catalog.offer.selling_points IS 'What the seller praises.';
COMMENT ON COLUMN catalog.offer.certificates IS 'Certificates that the seller shows: name, code, photoUrls.';
COMMENT ON COLUMN catalog.offer.weight_g IS 'Weight of one unit as it is sent, in grams; NULL: not known.';
COMMENT ON COLUMN catalog.offer.weight_source IS 'Who says so: official (1688 measured it), seller, or estimated (by 1688). NULL: not stated.';
COMMENT ON COLUMN catalog.offer.length_mm IS 'Length of one unit as it is sent, in millimetres; NULL: not all three sides are known.';
COMMENT ON COLUMN catalog.offer.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN catalog.offer.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN catalog.offer.size_source IS 'Who says so, as weight_source.';
COMMENT ON COLUMN catalog.offer.seller_identities IS 'What search rows call the merchant: super_factory, powerful_merchants, tp_member. Of a known seller see seller.identities.';
COMMENT ON COLUMN catalog.offer.offer_identities IS 'What search rows call the offer: yx, select.';
COMMENT ON COLUMN catalog.offer.is_patent_product IS 'A search row says that it is protected by a patent.';

ALTER TABLE catalog.sku
  ADD COLUMN weight_g numeric(14, 3),
  ADD COLUMN weight_source text,
  ADD COLUMN length_mm numeric(14, 2),
  ADD COLUMN width_mm numeric(14, 2),
  ADD COLUMN height_mm numeric(14, 2),
  ADD COLUMN size_source text;
COMMENT ON COLUMN catalog.sku.weight_g IS 'Weight of one unit as it is sent, in grams; NULL: not known.';
COMMENT ON COLUMN catalog.sku.weight_source IS 'Who says so: official (1688 measured it), seller, or estimated (by 1688). NULL: not stated.';
COMMENT ON COLUMN catalog.sku.length_mm IS 'Length of one unit as it is sent, in millimetres; NULL: not all three sides are known.';
COMMENT ON COLUMN catalog.sku.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN catalog.sku.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN catalog.sku.size_source IS 'Who says so, as weight_source.';

ALTER TABLE catalog.observation
  ADD COLUMN repurchase_rate numeric(7, 6),
  ADD COLUMN pickup_48h_rate numeric(7, 6),
  ADD COLUMN quality_refund_rate numeric(7, 6);
COMMENT ON COLUMN catalog.observation.repurchase_rate IS 'Share of buyers who came back, 0 to 1 (search).';
COMMENT ON COLUMN catalog.observation.pickup_48h_rate IS 'The seller''s share of orders picked up within 48 hours, 0 to 1 (detail).';
COMMENT ON COLUMN catalog.observation.quality_refund_rate IS 'The seller''s share of orders refunded for their quality, 0 to 1 (detail).';
