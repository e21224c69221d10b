-- What SKUs and sellers were. Workers of the release before write no history: what they load meanwhile, reprocess adds.
CREATE TABLE catalog.sku_history (
  offer_id bigint NOT NULL,
  sku_id bigint NOT NULL,
  valid_from timestamptz NOT NULL,
  call_id bigint NOT NULL,
  valid_to timestamptz NOT NULL,
  closed_by_call_id bigint NOT NULL,
  state text NOT NULL,
  spec_id text,
  cargo_number text,
  label text,
  attributes jsonb,
  image_url text,
  weight_g numeric(14, 3),
  weight_source text,
  length_mm numeric(14, 2),
  width_mm numeric(14, 2),
  height_mm numeric(14, 2),
  size_source text,
  CONSTRAINT sku_history_offer_id_sku_id_valid_from_call_id_pk PRIMARY KEY (offer_id, sku_id, valid_from, call_id),
  CONSTRAINT sku_history_state CHECK (state IN ('listed', 'gone')),
  CONSTRAINT sku_history_interval CHECK (valid_to >= valid_from)
);
CREATE INDEX sku_history_ended_day ON catalog.sku_history
  USING brin (((valid_to AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize = true);
COMMENT ON TABLE catalog.sku_history IS 'What one SKU was over [valid_from, valid_to), but for its stock and prices. The present is in sku. States of a SKU follow each other without a gap; one of no length was replaced in its own instant.';
COMMENT ON COLUMN catalog.sku_history.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.sku_history.sku_id IS 'SKU id of 1688.';
COMMENT ON COLUMN catalog.sku_history.valid_from IS 'When the call that first showed it so was granted.';
COMMENT ON COLUMN catalog.sku_history.call_id IS 'That call (soft reference).';
COMMENT ON COLUMN catalog.sku_history.valid_to IS 'When the call that showed another state was granted.';
COMMENT ON COLUMN catalog.sku_history.closed_by_call_id IS 'That call (soft reference).';
COMMENT ON COLUMN catalog.sku_history.state IS 'listed: the detail answers listed it; gone: they did not, and the columns below are NULL.';
COMMENT ON COLUMN catalog.sku_history.spec_id IS '1688''s specId, which orders name.';
COMMENT ON COLUMN catalog.sku_history.cargo_number IS 'The seller''s own number.';
COMMENT ON COLUMN catalog.sku_history.label IS 'Attributes as one text, for people.';
COMMENT ON COLUMN catalog.sku_history.attributes IS 'Attributes, as in sku.';
COMMENT ON COLUMN catalog.sku_history.image_url IS 'Image.';
COMMENT ON COLUMN catalog.sku_history.weight_g IS 'Weight of one unit as it is sent, in grams.';
COMMENT ON COLUMN catalog.sku_history.weight_source IS 'Who says so, as in sku.';
COMMENT ON COLUMN catalog.sku_history.length_mm IS 'Length of one unit as it is sent, in millimetres.';
COMMENT ON COLUMN catalog.sku_history.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN catalog.sku_history.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN catalog.sku_history.size_source IS 'Who says so, as in sku.';

-- In parts as price_history is, for it grows as much.
CREATE TABLE catalog.stock_history (
  offer_id bigint NOT NULL,
  sku_id bigint NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  stock bigint,
  call_id bigint NOT NULL,
  closed_by_call_id bigint NOT NULL,
  CONSTRAINT stock_history_offer_id_sku_id_valid_from_call_id_pk PRIMARY KEY (offer_id, sku_id, valid_from, call_id),
  CONSTRAINT stock_history_interval CHECK (valid_to >= valid_from)
) PARTITION BY HASH (offer_id);
CREATE INDEX stock_history_ended_day ON catalog.stock_history
  USING brin (((valid_to AT TIME ZONE 'Asia/Shanghai')::date)) WITH (autosummarize = true);
DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format(
      'CREATE TABLE catalog.stock_history_%1$s PARTITION OF catalog.stock_history '
      'FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)',
      part);
    EXECUTE format(
      'COMMENT ON TABLE catalog.stock_history_%1$s IS %2$L', part,
      format('Part %s of 8 of stock_history, by hash of the offer.', part + 1));
  END LOOP;
END
$$;
COMMENT ON TABLE catalog.stock_history IS 'Units of one SKU that were in stock over [valid_from, valid_to). The present is in sku. Intervals of a SKU follow each other without a gap; one of no length was replaced in its own instant.';
COMMENT ON COLUMN catalog.stock_history.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.stock_history.sku_id IS 'SKU id of 1688.';
COMMENT ON COLUMN catalog.stock_history.valid_from IS 'When the call that first showed this stock was granted.';
COMMENT ON COLUMN catalog.stock_history.valid_to IS 'When the call that showed another stock, or none, was granted.';
COMMENT ON COLUMN catalog.stock_history.stock IS 'Units in stock; NULL: the SKU was not listed, or its stock not stated.';
COMMENT ON COLUMN catalog.stock_history.call_id IS 'Call that first showed it (soft reference).';
COMMENT ON COLUMN catalog.stock_history.closed_by_call_id IS 'Call that ended it (soft reference).';

CREATE TABLE catalog.seller_history (
  seller_id text NOT NULL,
  valid_from timestamptz NOT NULL,
  call_id bigint NOT NULL,
  valid_to timestamptz,
  closed_by_call_id bigint,
  company_name text,
  trade_medal numeric(7, 4),
  composite_service_score numeric(7, 4),
  logistics_experience_score numeric(7, 4),
  dispute_complaint_score numeric(7, 4),
  offer_experience_score numeric(7, 4),
  after_sales_experience_score numeric(7, 4),
  consulting_experience_score numeric(7, 4),
  repeat_purchase_rate numeric(7, 6),
  pickup_48h_rate numeric(7, 6),
  quality_refund_rate numeric(7, 6),
  identities text[],
  CONSTRAINT seller_history_seller_id_valid_from_call_id_pk PRIMARY KEY (seller_id, valid_from, call_id),
  CONSTRAINT seller_history_interval
    CHECK (valid_to >= valid_from AND (valid_to IS NULL) = (closed_by_call_id IS NULL))
);
COMMENT ON TABLE catalog.seller_history IS 'How detail answers described one seller over [valid_from, valid_to), the present included. States of a seller follow each other without a gap; one of no length was replaced in its own instant.';
COMMENT ON COLUMN catalog.seller_history.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN catalog.seller_history.valid_from IS 'When the call that first described it so was granted.';
COMMENT ON COLUMN catalog.seller_history.call_id IS 'That call (soft reference).';
COMMENT ON COLUMN catalog.seller_history.valid_to IS 'When the call that described it differently was granted. NULL: no call did.';
COMMENT ON COLUMN catalog.seller_history.closed_by_call_id IS 'That call (soft reference).';
COMMENT ON COLUMN catalog.seller_history.company_name IS 'Company name as it was stated. NULL: the answers left it out; the last one stated holds on.';
COMMENT ON COLUMN catalog.seller_history.trade_medal IS 'Trade medal level; half levels are met.';
COMMENT ON COLUMN catalog.seller_history.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN catalog.seller_history.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN catalog.seller_history.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN catalog.seller_history.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN catalog.seller_history.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN catalog.seller_history.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN catalog.seller_history.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN catalog.seller_history.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN catalog.seller_history.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
COMMENT ON COLUMN catalog.seller_history.identities IS 'What 1688 calls the merchant: super_factory, powerful_merchants, tp_member. NULL: the answers had no such field.';

ALTER TABLE catalog.observation ADD COLUMN read_sku_ids bigint[];
COMMENT ON COLUMN catalog.observation.read_sku_ids IS 'Of a detail with SKUs that can''t be read: those that can. NULL: all can.';
ALTER TABLE catalog.sku ADD COLUMN first_seen_at timestamptz;
COMMENT ON COLUMN catalog.sku.first_seen_at IS 'Earliest observation that listed it. NULL: a release listed it that did not keep this.';
ALTER TABLE catalog.sku ADD COLUMN first_call_id bigint;
COMMENT ON COLUMN catalog.sku.first_call_id IS 'Call of that observation (soft reference).';

-- How long they were so before, nobody knows.
INSERT INTO catalog.seller_history
  (seller_id, valid_from, call_id, company_name, trade_medal, composite_service_score, logistics_experience_score,
   dispute_complaint_score, offer_experience_score, after_sales_experience_score, consulting_experience_score,
   repeat_purchase_rate, pickup_48h_rate, quality_refund_rate, identities)
SELECT s.seller_id, s.changed_at, s.call_id, s.company_name, coalesce(s.trade_medal, s.trade_medal_level),
       s.composite_service_score, s.logistics_experience_score, s.dispute_complaint_score, s.offer_experience_score,
       s.after_sales_experience_score, s.consulting_experience_score, s.repeat_purchase_rate, s.pickup_48h_rate,
       s.quality_refund_rate, s.identities
FROM catalog.seller s;
