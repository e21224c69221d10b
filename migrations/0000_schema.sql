-- The whole schema as it was first released: schemas, tables, indexes, triggers, comments, roles and first rows.
-- It never changes once a release has it: later changes are migrations of their own, which only add (docs/upgrade.md).
-- Functions are in migrations/functions, views in migrations/views, a file each; both are made anew after the migrations.
--
-- Storage. Columns of tables that grow with the catalog: those of eight bytes first, then four, two and one, then all others, so that
-- rows need no padding. fillfactor: rows that calls and observations rewrite get room on their page, so that the new version stays
-- beside the old one. Autovacuum comes early to what they write: the server's default, a fifth of a table, is two million
-- dead rows in a catalog of ten million offers. Tables of a few rows that every call writes are vacuumed by number, and
-- without pauses, since there is next to nothing to read.

CREATE SCHEMA catalog;
CREATE SCHEMA sync;
CREATE SCHEMA usage;
CREATE SCHEMA raw;
CREATE SCHEMA analytics;
CREATE SCHEMA bullmq;

COMMENT ON SCHEMA catalog IS 'What is known of 1688''s catalog: current state, price history and what every observation saw.';
COMMENT ON SCHEMA sync IS 'How the sync stands: runs, observations, leases, and answers that could not be used.';
COMMENT ON SCHEMA usage IS 'The quota ledger: every call that was granted, and the windows that limit them.';
COMMENT ON SCHEMA raw IS 'Answers as they came, kept for a while.';
COMMENT ON SCHEMA analytics IS 'Views and functions for analysts.';
COMMENT ON SCHEMA bullmq IS 'The job queue, when it runs on Postgres.';

--------------------------------------------------------------------------------
-- catalog
--------------------------------------------------------------------------------

CREATE TABLE catalog.category (
  category_id bigint PRIMARY KEY,
  parent_id bigint,
  level integer,
  path text NOT NULL,
  name_zh text,
  name_translated text,
  is_leaf boolean,
  is_retired boolean DEFAULT false NOT NULL,
  parent_seen_at timestamptz,
  level_seen_at timestamptz,
  name_seen_at timestamptz,
  name_translated_seen_at timestamptz,
  leaf_seen_at timestamptz,
  first_seen_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  path_names_zh text,
  path_names_translated text,
  CONSTRAINT category_not_its_own_parent CHECK (parent_id <> category_id),
  CONSTRAINT category_parent_id_category_category_id_fk
    FOREIGN KEY (parent_id) REFERENCES catalog.category(category_id)
);
CREATE INDEX category_parent ON catalog.category (parent_id);

COMMENT ON TABLE catalog.category IS 'One category node, current state.';
COMMENT ON COLUMN catalog.category.category_id IS 'Category id of 1688.';
COMMENT ON COLUMN catalog.category.parent_id IS 'Node above; null for a root (level 1) and while it is not known.';
COMMENT ON COLUMN catalog.category.level IS '1 for roots; null while it is not known.';
COMMENT ON COLUMN catalog.category.path IS 'Ids from the highest known node down to this one, joined by /.';
COMMENT ON COLUMN catalog.category.name_zh IS 'Name in Chinese.';
COMMENT ON COLUMN catalog.category.name_translated IS 'Name in the language of the sync.';
COMMENT ON COLUMN catalog.category.is_leaf IS 'True: offers hang on it, no nodes below; null while it is not known.';
COMMENT ON COLUMN catalog.category.is_retired IS 'Marked 停用 in its name: kept by 1688, no longer used.';
COMMENT ON COLUMN catalog.category.parent_seen_at IS 'When its place in the tree was last stated; null: never.';
COMMENT ON COLUMN catalog.category.level_seen_at IS 'When its level was last stated.';
COMMENT ON COLUMN catalog.category.name_seen_at IS 'When its Chinese name was last stated.';
COMMENT ON COLUMN catalog.category.name_translated_seen_at IS 'When its translated name was last stated.';
COMMENT ON COLUMN catalog.category.leaf_seen_at IS 'When it was last stated whether it is a leaf.';
COMMENT ON COLUMN catalog.category.first_seen_at IS 'Earliest answer that named it.';
COMMENT ON COLUMN catalog.category.call_id IS 'Call that last changed this row (soft reference).';
COMMENT ON COLUMN catalog.category.path_names_zh IS 'Chinese names of path, joined by " > "; an id in place of a name that is not known. A trigger keeps it.';
COMMENT ON COLUMN catalog.category.path_names_translated IS 'The same in the language of the sync; a Chinese name where there is no other.';

CREATE TABLE catalog.seller (
  seller_id text PRIMARY KEY,
  company_name text,
  trade_medal_level integer,
  composite_service_score numeric(7, 4),
  logistics_experience_score numeric(7, 4),
  dispute_complaint_score numeric(7, 4),
  offer_experience_score numeric(7, 4),
  after_sales_experience_score numeric(7, 4),
  consulting_experience_score numeric(7, 4),
  repeat_purchase_rate numeric(7, 6),
  changed_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  trade_medal numeric(7, 4),
  pickup_48h_rate numeric(7, 6),
  quality_refund_rate numeric(7, 6),
  identities text[]
);

COMMENT ON TABLE catalog.seller IS 'One seller, current state.';
COMMENT ON COLUMN catalog.seller.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN catalog.seller.company_name IS 'Company name.';
COMMENT ON COLUMN catalog.seller.trade_medal_level IS 'Whole part of trade_medal.';
COMMENT ON COLUMN catalog.seller.composite_service_score IS 'Composite service score.';
COMMENT ON COLUMN catalog.seller.logistics_experience_score IS 'Logistics score.';
COMMENT ON COLUMN catalog.seller.dispute_complaint_score IS 'Disputes and complaints score.';
COMMENT ON COLUMN catalog.seller.offer_experience_score IS 'Goods score.';
COMMENT ON COLUMN catalog.seller.after_sales_experience_score IS 'After-sales score.';
COMMENT ON COLUMN catalog.seller.consulting_experience_score IS 'Consulting score.';
COMMENT ON COLUMN catalog.seller.repeat_purchase_rate IS 'Share of buyers who came back, 0 to 1.';
COMMENT ON COLUMN catalog.seller.changed_at IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN catalog.seller.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN catalog.seller.trade_medal IS 'Trade medal level with its half levels (4.5).';
COMMENT ON COLUMN catalog.seller.pickup_48h_rate IS 'Share of the orders of 30 days that were picked up within 48 hours, 0 to 1.';
COMMENT ON COLUMN catalog.seller.quality_refund_rate IS 'Share of the orders of 30 days that were refunded for their quality, 0 to 1.';
COMMENT ON COLUMN catalog.seller.identities IS 'What 1688 calls the merchant: super_factory, powerful_merchants, tp_member. NULL: the newest description has no such field.';

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

CREATE TABLE catalog.offer (
  offer_id bigint PRIMARY KEY,
  category_id bigint,
  source_created_at timestamptz,
  source_modified_at timestamptz,
  changed_at timestamptz NOT NULL,
  run_id bigint,
  call_id bigint NOT NULL,
  min_order_quantity integer,
  batch_number integer,
  normalizer_version integer,
  mix_quantity integer,
  quote_type smallint,
  is_mix_allowed boolean,
  is_patent_product boolean,
  seller_id text,
  state text NOT NULL,
  subject text,
  subject_translated text,
  source_status text,
  unit text,
  unit_translated text,
  trade_score numeric(7, 4),
  main_image_url text,
  video_url text,
  ship_from text,
  content_hash bytea,
  shipping_time_guarantee text,
  promotion_type text,
  tags text[],
  mix_amount_cny numeric(14, 4),
  cargo_number text,
  selling_points text[],
  certificates jsonb,
  weight_g numeric(14, 3),
  weight_source text,
  length_mm numeric(14, 2),
  width_mm numeric(14, 2),
  height_mm numeric(14, 2),
  size_source text,
  seller_identities text[],
  offer_identities text[],
  image_urls text[],
  white_image_url text,
  CONSTRAINT offer_state CHECK (state IN ('listed', 'missing', 'gone', 'delisted')),
  CONSTRAINT offer_quote_type CHECK (quote_type IN (0, 1, 2)),
  CONSTRAINT offer_seller_id_seller_seller_id_fk FOREIGN KEY (seller_id) REFERENCES catalog.seller(seller_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX offer_category ON catalog.offer (category_id);
CREATE INDEX offer_seller ON catalog.offer (seller_id);

COMMENT ON TABLE catalog.offer IS 'One offer, current state: of the newest detail answer that found it, else of the newest search row.';
COMMENT ON COLUMN catalog.offer.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.offer.category_id IS 'Leaf category; not a foreign key, for the node may not have been visited.';
COMMENT ON COLUMN catalog.offer.source_created_at IS 'When 1688 says it was created.';
COMMENT ON COLUMN catalog.offer.source_modified_at IS 'When 1688 says it was modified, by the newest search row.';
COMMENT ON COLUMN catalog.offer.changed_at IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN catalog.offer.run_id IS 'Run of the call that last changed this row.';
COMMENT ON COLUMN catalog.offer.call_id IS 'Call that last changed this row (soft reference).';
COMMENT ON COLUMN catalog.offer.min_order_quantity IS 'Smallest order, in units.';
COMMENT ON COLUMN catalog.offer.batch_number IS 'Units are sold in multiples of this.';
COMMENT ON COLUMN catalog.offer.normalizer_version IS 'Version of the code that read that answer.';
COMMENT ON COLUMN catalog.offer.mix_quantity IS 'or from so many units.';
COMMENT ON COLUMN catalog.offer.quote_type IS '0: no SKU, price by quantity; 1: price by SKU; 2: SKUs, but price by quantity.';
COMMENT ON COLUMN catalog.offer.is_mix_allowed IS 'The seller mixes this offer with others in one order.';
COMMENT ON COLUMN catalog.offer.is_patent_product IS 'A search row says that it is protected by a patent.';
COMMENT ON COLUMN catalog.offer.seller_id IS 'Seller; null until a detail answer named it.';
COMMENT ON COLUMN catalog.offer.state IS 'listed: on sale; delisted: found, but not on sale; missing: its detail answer was empty, or no search lists it any more; gone: two detail answers in a row were empty.';
COMMENT ON COLUMN catalog.offer.subject IS 'Title in Chinese.';
COMMENT ON COLUMN catalog.offer.subject_translated IS 'Title in the language of the sync.';
COMMENT ON COLUMN catalog.offer.source_status IS '1688''s own word: published is on sale.';
COMMENT ON COLUMN catalog.offer.unit IS 'Unit of sale.';
COMMENT ON COLUMN catalog.offer.unit_translated IS 'Unit in the language of the sync.';
COMMENT ON COLUMN catalog.offer.trade_score IS 'Score of the offer, as 1688 counts it.';
COMMENT ON COLUMN catalog.offer.main_image_url IS 'Main image.';
COMMENT ON COLUMN catalog.offer.video_url IS 'Main video.';
COMMENT ON COLUMN catalog.offer.ship_from IS 'Where it is sent from.';
COMMENT ON COLUMN catalog.offer.content_hash IS 'SHA-256 over what a detail answer says, counters left out; null until one found it.';
COMMENT ON COLUMN catalog.offer.shipping_time_guarantee IS 'When it is sent at the latest: shipIn24Hours, shipIn48Hours.';
COMMENT ON COLUMN catalog.offer.promotion_type IS 'Who pays promotionPrice, in 1688''s word: plus = members of PLUS. NULL: not stated.';
COMMENT ON COLUMN catalog.offer.tags IS 'Keys of the tags that are set: isOnePsale (dropshipping), isOnePsaleFreePostage, isSupportMix and others. NULL: no tags in the answer.';
COMMENT ON COLUMN catalog.offer.mix_amount_cny IS 'Such an order is accepted from so many yuan,';
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
COMMENT ON COLUMN catalog.offer.image_urls IS 'Pictures of the gallery in its order, without signature, by the newest detail that found the offer. Null: there is none yet.';
COMMENT ON COLUMN catalog.offer.white_image_url IS 'Picture cut out on white, likewise.';

CREATE TABLE catalog.offer_attribute (
  offer_id bigint NOT NULL,
  "position" integer NOT NULL,
  attribute_id text,
  name text,
  value text,
  name_translated text,
  value_translated text,
  CONSTRAINT offer_attribute_offer_id_position_pk PRIMARY KEY (offer_id, "position"),
  CONSTRAINT offer_attribute_offer_id_offer_offer_id_fk FOREIGN KEY (offer_id) REFERENCES catalog.offer(offer_id)
);

COMMENT ON TABLE catalog.offer_attribute IS 'One value of one attribute of an offer.';
COMMENT ON COLUMN catalog.offer_attribute.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.offer_attribute."position" IS 'From 0 over all attributes of the offer.';
COMMENT ON COLUMN catalog.offer_attribute.attribute_id IS 'Attribute id of 1688; an attribute with several values has a row for each.';
COMMENT ON COLUMN catalog.offer_attribute.name IS 'Name as the seller wrote it.';
COMMENT ON COLUMN catalog.offer_attribute.value IS 'Value as the seller wrote it.';
COMMENT ON COLUMN catalog.offer_attribute.name_translated IS 'Name in the language of the sync.';
COMMENT ON COLUMN catalog.offer_attribute.value_translated IS 'Value in the language of the sync.';

CREATE TABLE catalog.sku (
  offer_id bigint NOT NULL,
  sku_id bigint NOT NULL,
  stock bigint,
  last_listed_at timestamptz,
  last_listed_call_id bigint,
  changed_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  first_seen_at timestamptz,
  first_call_id bigint,
  state text NOT NULL,
  spec_id text,
  cargo_number text,
  label text,
  attributes jsonb NOT NULL,
  image_url text,
  weight_g numeric(14, 3),
  weight_source text,
  length_mm numeric(14, 2),
  width_mm numeric(14, 2),
  height_mm numeric(14, 2),
  size_source text,
  CONSTRAINT sku_offer_id_sku_id_pk PRIMARY KEY (offer_id, sku_id),
  CONSTRAINT sku_state CHECK (state IN ('listed', 'gone')),
  CONSTRAINT sku_last_listed
    CHECK ((state = 'gone') = (last_listed_at IS NOT NULL)
      AND (last_listed_at IS NULL) = (last_listed_call_id IS NULL)),
  CONSTRAINT sku_offer_id_offer_offer_id_fk FOREIGN KEY (offer_id) REFERENCES catalog.offer(offer_id)
) WITH (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);

COMMENT ON TABLE catalog.sku IS 'One SKU of an offer, current state.';
COMMENT ON COLUMN catalog.sku.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.sku.sku_id IS 'SKU id of 1688.';
COMMENT ON COLUMN catalog.sku.stock IS 'Units in stock at the newest observation.';
COMMENT ON COLUMN catalog.sku.last_listed_at IS 'Gone SKUs: newest observation that still had it. Null while listed.';
COMMENT ON COLUMN catalog.sku.last_listed_call_id IS 'Call of that observation (soft reference).';
COMMENT ON COLUMN catalog.sku.changed_at IS 'When the call that last changed this row was granted.';
COMMENT ON COLUMN catalog.sku.call_id IS 'Call that last changed this row (soft reference).';
COMMENT ON COLUMN catalog.sku.first_seen_at IS 'Earliest observation that listed it. NULL: a release listed it that did not keep this.';
COMMENT ON COLUMN catalog.sku.first_call_id IS 'Call of that observation (soft reference).';
COMMENT ON COLUMN catalog.sku.state IS 'listed: in the newest detail answer that found the offer; gone: only in older ones.';
COMMENT ON COLUMN catalog.sku.spec_id IS '1688''s specId, which orders name.';
COMMENT ON COLUMN catalog.sku.cargo_number IS 'The seller''s own number.';
COMMENT ON COLUMN catalog.sku.label IS 'Attributes as one text, for people.';
COMMENT ON COLUMN catalog.sku.attributes IS 'Attributes: attributeId, name, value, nameTranslated, valueTranslated.';
COMMENT ON COLUMN catalog.sku.image_url IS 'Image.';
COMMENT ON COLUMN catalog.sku.weight_g IS 'Weight of one unit as it is sent, in grams; NULL: not known.';
COMMENT ON COLUMN catalog.sku.weight_source IS 'Who says so: official (1688 measured it), seller, or estimated (by 1688). NULL: not stated.';
COMMENT ON COLUMN catalog.sku.length_mm IS 'Length of one unit as it is sent, in millimetres; NULL: not all three sides are known.';
COMMENT ON COLUMN catalog.sku.width_mm IS 'Width, in millimetres.';
COMMENT ON COLUMN catalog.sku.height_mm IS 'Height, in millimetres.';
COMMENT ON COLUMN catalog.sku.size_source IS 'Who says so, as weight_source.';

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
  USING brin (((valid_to AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);

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
  USING brin (((valid_to AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);
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

CREATE TABLE catalog.offer_change (
  change_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  offer_id bigint NOT NULL,
  observed_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  field text NOT NULL,
  old text,
  new text,
  CONSTRAINT offer_change_offer_id_offer_offer_id_fk FOREIGN KEY (offer_id) REFERENCES catalog.offer(offer_id)
);
CREATE INDEX offer_change_offer ON catalog.offer_change (offer_id, observed_at);
CREATE INDEX offer_change_unit ON catalog.offer_change (offer_id, observed_at) WHERE field = 'unit';
CREATE INDEX offer_change_day ON catalog.offer_change
  USING brin (((observed_at AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);

COMMENT ON TABLE catalog.offer_change IS 'One change of one field of an offer: the feed that others can follow by change_id.';
COMMENT ON COLUMN catalog.offer_change.change_id IS 'Grows with every change; a transaction that commits late may fill a gap.';
COMMENT ON COLUMN catalog.offer_change.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.offer_change.observed_at IS 'When the call that showed it was granted.';
COMMENT ON COLUMN catalog.offer_change.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN catalog.offer_change.field IS 'Column of catalog.offer; state with old = null: the offer is new.';
COMMENT ON COLUMN catalog.offer_change.old IS 'Value before, as text.';
COMMENT ON COLUMN catalog.offer_change.new IS 'Value after, as text.';

-- Those of search rows are the last ones: kind >= 'search'.
CREATE TYPE catalog.price_kind AS ENUM ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy',
  'jxhy_wholesale', 'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale');

-- Prices are looked up by offer and kind. With the SKU between the two, Postgres 18 skips from SKU to SKU, and expects that to take as
-- many descents as the whole catalog has SKUs: from some hundred thousand offers on, it reads all prices instead of those of an offer.
CREATE TABLE catalog.price (
  offer_id bigint NOT NULL,
  sku_id bigint DEFAULT 0 NOT NULL,
  valid_from timestamptz NOT NULL,
  call_id bigint NOT NULL,
  kind catalog.price_kind NOT NULL,
  min_quantity integer NOT NULL,
  amount_cny numeric(14, 4) NOT NULL,
  CONSTRAINT price_offer_id_kind_min_quantity_sku_id_pk PRIMARY KEY (offer_id, kind, min_quantity, sku_id),
  CONSTRAINT price_min_quantity CHECK (min_quantity >= 1),
  CONSTRAINT price_amount_cny CHECK (amount_cny >= 0),
  CONSTRAINT price_offer_id_offer_offer_id_fk FOREIGN KEY (offer_id) REFERENCES catalog.offer(offer_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX price_amount ON catalog.price (amount_cny, offer_id) WHERE kind IN ('list', 'search');
CREATE INDEX price_smallest_order ON catalog.price (offer_id, min_quantity, amount_cny) WHERE kind = 'list';

COMMENT ON TABLE catalog.price IS 'One price that holds now. Its past is in price_history.';
COMMENT ON COLUMN catalog.price.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.price.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN catalog.price.valid_from IS 'When the call that first showed this amount was granted.';
COMMENT ON COLUMN catalog.price.call_id IS 'Call that first showed it (soft reference).';
COMMENT ON COLUMN catalog.price.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN catalog.price.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search, search_consign, search_promotion, search_jxhy or search_jxhy_wholesale: docs/prices.md has their meanings.';
COMMENT ON COLUMN catalog.price.amount_cny IS 'Price per unit in yuan.';

CREATE TABLE catalog.price_history (
  offer_id bigint NOT NULL,
  sku_id bigint DEFAULT 0 NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  call_id bigint NOT NULL,
  closed_by_call_id bigint NOT NULL,
  kind catalog.price_kind NOT NULL,
  min_quantity integer NOT NULL,
  amount_cny numeric(14, 4) NOT NULL,
  next_amount_cny numeric(14, 4),
  CONSTRAINT price_history_offer_id_kind_min_quantity_sku_id_valid_from_pk
    PRIMARY KEY (offer_id, kind, min_quantity, sku_id, valid_from),
  CONSTRAINT price_history_interval CHECK (valid_to > valid_from)
) PARTITION BY HASH (offer_id);
CREATE INDEX price_history_ended_day ON catalog.price_history
  USING brin (((valid_to AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);
DO $$
BEGIN
  FOR part IN 0..7 LOOP
    EXECUTE format(
      'CREATE TABLE catalog.price_history_%1$s PARTITION OF catalog.price_history '
      'FOR VALUES WITH (MODULUS 8, REMAINDER %1$s)',
      part);
    EXECUTE format(
      'COMMENT ON TABLE catalog.price_history_%1$s IS %2$L', part,
      format('Part %s of 8 of price_history, by hash of the offer.', part + 1));
  END LOOP;
END
$$;

COMMENT ON TABLE catalog.price_history IS 'One price that held, over [valid_from, valid_to). Append-only; intervals of a key never overlap. The present is in price.';
COMMENT ON COLUMN catalog.price_history.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.price_history.sku_id IS 'SKU the price is for; 0 = the offer as a whole.';
COMMENT ON COLUMN catalog.price_history.valid_from IS 'When the call that first showed this amount was granted.';
COMMENT ON COLUMN catalog.price_history.valid_to IS 'When the call that showed another amount, or none, was granted.';
COMMENT ON COLUMN catalog.price_history.call_id IS 'Call that first showed it (soft reference).';
COMMENT ON COLUMN catalog.price_history.closed_by_call_id IS 'Call that ended it (soft reference).';
COMMENT ON COLUMN catalog.price_history.min_quantity IS 'The price holds from this many units on.';
COMMENT ON COLUMN catalog.price_history.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search, search_consign, search_promotion, search_jxhy or search_jxhy_wholesale: docs/prices.md has their meanings.';
COMMENT ON COLUMN catalog.price_history.amount_cny IS 'Price per unit in yuan.';
COMMENT ON COLUMN catalog.price_history.next_amount_cny IS 'Price that holds from valid_to on. NULL: none does.';

CREATE TABLE catalog.observation (
  offer_id bigint NOT NULL,
  observed_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  stock bigint,
  sold_count bigint,
  month_sold bigint,
  loaded_at timestamptz NOT NULL,
  is_found boolean NOT NULL,
  is_late boolean NOT NULL,
  source text NOT NULL,
  min_price_cny numeric(14, 4),
  repurchase_rate numeric(7, 6),
  pickup_48h_rate numeric(7, 6),
  quality_refund_rate numeric(7, 6),
  foreign_price numeric(14, 4),
  read_sku_ids bigint[],
  CONSTRAINT observation_offer_id_observed_at_call_id_pk PRIMARY KEY (offer_id, observed_at, call_id),
  CONSTRAINT observation_source CHECK (source IN ('search', 'detail'))
) PARTITION BY RANGE (observed_at);
CREATE INDEX observation_loaded ON catalog.observation USING brin (loaded_at) WITH (autosummarize = true);
CREATE INDEX observation_day ON catalog.observation
  USING brin (((observed_at AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);

COMMENT ON TABLE catalog.observation IS 'What one call saw of one offer. Append-only, by month (UTC).';
COMMENT ON COLUMN catalog.observation.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.observation.observed_at IS 'When the call was granted, by the ledger clock.';
COMMENT ON COLUMN catalog.observation.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN catalog.observation.stock IS 'Units in stock (detail).';
COMMENT ON COLUMN catalog.observation.sold_count IS 'Units sold as 1688 counts them (detail).';
COMMENT ON COLUMN catalog.observation.month_sold IS 'Units sold in a month (search).';
COMMENT ON COLUMN catalog.observation.loaded_at IS 'When it was loaded, by the clock of the database.';
COMMENT ON COLUMN catalog.observation.is_found IS 'False: the answer was good and empty.';
COMMENT ON COLUMN catalog.observation.is_late IS 'Loaded after a newer observation whose answer is not kept: no price history shows it.';
COMMENT ON COLUMN catalog.observation.source IS 'search or detail.';
COMMENT ON COLUMN catalog.observation.min_price_cny IS 'Smallest list price (detail) or the price shown (search), in yuan.';
COMMENT ON COLUMN catalog.observation.repurchase_rate IS 'Share of buyers who came back, 0 to 1 (search).';
COMMENT ON COLUMN catalog.observation.pickup_48h_rate IS 'The seller''s share of orders picked up within 48 hours, 0 to 1 (detail).';
COMMENT ON COLUMN catalog.observation.quality_refund_rate IS 'The seller''s share of orders refunded for their quality, 0 to 1 (detail).';
COMMENT ON COLUMN catalog.observation.foreign_price IS 'The price as 1688 converted it, in the currency that was asked for (detail). NULL: none was asked for.';
COMMENT ON COLUMN catalog.observation.read_sku_ids IS 'Of a detail with SKUs that can''t be read: those that can. NULL: all can.';

CREATE TABLE catalog.search_hit (
  window_id bigint NOT NULL,
  call_id bigint NOT NULL,
  observed_at timestamptz NOT NULL,
  offer_id bigint NOT NULL,
  page integer NOT NULL,
  rank integer NOT NULL,
  CONSTRAINT search_hit_window_id_call_id_rank_observed_at_pk PRIMARY KEY (window_id, call_id, rank, observed_at)
) PARTITION BY RANGE (observed_at);
CREATE INDEX search_hit_offer ON catalog.search_hit (offer_id, observed_at);
CREATE INDEX search_hit_day ON catalog.search_hit
  USING brin (((observed_at AT TIME ZONE INTERVAL '8 hours')::date)) WITH (autosummarize = true);

COMMENT ON TABLE catalog.search_hit IS 'One row of one search page. Append-only, by month (UTC).';
COMMENT ON COLUMN catalog.search_hit.window_id IS 'Search window (sync.search_window).';
COMMENT ON COLUMN catalog.search_hit.call_id IS 'Call that showed it (usage.api_call; soft reference).';
COMMENT ON COLUMN catalog.search_hit.observed_at IS 'When the call was granted, by the ledger clock.';
COMMENT ON COLUMN catalog.search_hit.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN catalog.search_hit.page IS 'Page, from 1.';
COMMENT ON COLUMN catalog.search_hit.rank IS 'Position on its page, from 1.';

CREATE TABLE catalog.deleted_row (
  fact text NOT NULL,
  key jsonb NOT NULL,
  deleted_at timestamptz NOT NULL,
  CONSTRAINT deleted_row_fact_key_pk PRIMARY KEY (fact, key)
);

COMMENT ON TABLE catalog.deleted_row IS 'Rows of this schema that were deleted, by their keys, each once; one that is there again stays here. Nothing else is kept of them. For catalog-sync export --changes-since; triggers write it.';
COMMENT ON COLUMN catalog.deleted_row.fact IS 'The table, as price.';
COMMENT ON COLUMN catalog.deleted_row.key IS 'The primary key of the row by its columns. In place of seller_id, which an erasure must not leave: seller_hash, its SHA-256 in hex.';
COMMENT ON COLUMN catalog.deleted_row.deleted_at IS 'When it was deleted last (ledger clock).';

--------------------------------------------------------------------------------
-- sync
--------------------------------------------------------------------------------

CREATE TABLE sync.database_identity (
  database_id uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  source text,
  created_at timestamptz DEFAULT now() NOT NULL,
  app_fingerprint text,
  CONSTRAINT database_identity_source CHECK (source IN ('sandbox', 'live'))
);
CREATE UNIQUE INDEX database_identity_one_row ON sync.database_identity ((true));

COMMENT ON TABLE sync.database_identity IS 'One row: which database this is, and whose data it holds.';
COMMENT ON COLUMN sync.database_identity.database_id IS 'Drawn when it was migrated first.';
COMMENT ON COLUMN sync.database_identity.source IS 'sandbox or live; null until the first run.';
COMMENT ON COLUMN sync.database_identity.created_at IS 'When it was migrated first.';
COMMENT ON COLUMN sync.database_identity.app_fingerprint IS 'sync.app_fingerprint of the app whose live data it holds; null until the first live run.';

CREATE TABLE sync.application (
  app_key text PRIMARY KEY,
  observed text DEFAULT 'unknown' NOT NULL,
  observed_at timestamptz,
  observed_call_id bigint,
  declared text DEFAULT 'not_applied' NOT NULL,
  declared_at timestamptz,
  CONSTRAINT application_observed CHECK (observed IN ('unknown', 'allowed', 'denied')),
  CONSTRAINT application_declared
    CHECK (declared IN ('not_applied', 'pending', 'under_review', 'granted', 'rejected'))
);

COMMENT ON TABLE sync.application IS 'The state of an app as a whole: as its operator declares it, and as its calls showed it.';
COMMENT ON COLUMN sync.application.app_key IS 'App key.';
COMMENT ON COLUMN sync.application.observed IS 'unknown; allowed: 1688 took a call of the app; denied: it does not know the app, or no longer.';
COMMENT ON COLUMN sync.application.observed_at IS 'When the call was granted that showed it first.';
COMMENT ON COLUMN sync.application.observed_call_id IS 'The call that showed it first (soft reference).';
COMMENT ON COLUMN sync.application.declared IS 'not_applied, pending (待审核), under_review (审核中), granted (已通过) or rejected (已拒绝).';
COMMENT ON COLUMN sync.application.declared_at IS 'The day of it, as its first moment in Asia/Shanghai; null: nothing was declared.';

CREATE TABLE sync.api_permission (
  app_key text NOT NULL,
  api text NOT NULL,
  observed text DEFAULT 'unknown' NOT NULL,
  observed_at timestamptz,
  observed_call_id bigint,
  declared text DEFAULT 'not_applied' NOT NULL,
  declared_at timestamptz,
  approved_daily integer,
  approved_monthly integer,
  CONSTRAINT api_permission_app_key_api_pk PRIMARY KEY (app_key, api),
  CONSTRAINT api_permission_observed CHECK (observed IN ('unknown', 'allowed', 'denied', 'unsupported', 'exhausted')),
  CONSTRAINT api_permission_declared
    CHECK (declared IN ('not_applied', 'pending', 'under_review', 'granted', 'rejected'))
);

COMMENT ON TABLE sync.api_permission IS 'Whether an app may call an API: as observed, and as its operator declares.';
COMMENT ON COLUMN sync.api_permission.app_key IS 'App key.';
COMMENT ON COLUMN sync.api_permission.api IS 'namespace:name:version.';
COMMENT ON COLUMN sync.api_permission.observed IS 'unknown, allowed, denied, unsupported or exhausted.';
COMMENT ON COLUMN sync.api_permission.observed_at IS 'When the call was granted that showed it first.';
COMMENT ON COLUMN sync.api_permission.observed_call_id IS 'The call that showed it first (soft reference).';
COMMENT ON COLUMN sync.api_permission.declared IS 'not_applied, pending (待审核), under_review (审核中), granted (已通过) or rejected (已拒绝).';
COMMENT ON COLUMN sync.api_permission.declared_at IS 'The day of it, as its first moment in Asia/Shanghai; null: nothing was declared.';
COMMENT ON COLUMN sync.api_permission.approved_daily IS 'Approved calls a day.';
COMMENT ON COLUMN sync.api_permission.approved_monthly IS 'Approved calls a month.';

CREATE TABLE sync.token (
  app_key text PRIMARY KEY,
  access_token bytea NOT NULL,
  access_expires_at timestamptz,
  refresh_token bytea,
  refresh_expires_at timestamptz,
  updated_at timestamptz NOT NULL
);

COMMENT ON TABLE sync.token IS 'OAuth tokens of one app, encrypted.';
COMMENT ON COLUMN sync.token.app_key IS 'App key.';
COMMENT ON COLUMN sync.token.access_token IS 'Encrypted access token.';
COMMENT ON COLUMN sync.token.access_expires_at IS 'When it ends; null: not known.';
COMMENT ON COLUMN sync.token.refresh_token IS 'Encrypted refresh token; null: none.';
COMMENT ON COLUMN sync.token.refresh_expires_at IS 'When that ends; null: not known.';
COMMENT ON COLUMN sync.token.updated_at IS 'When they were stored.';

CREATE TABLE sync.run (
  run_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  scope text NOT NULL,
  trigger text NOT NULL,
  source text NOT NULL,
  status text DEFAULT 'queued' NOT NULL,
  cause text,
  feeds jsonb NOT NULL,
  lane text,
  budget_calls integer,
  calls_used integer DEFAULT 0 NOT NULL,
  lease_owner text,
  heartbeat_at timestamptz,
  requested_at timestamptz DEFAULT now() NOT NULL,
  started_at timestamptz,
  deadline_at timestamptz,
  ended_at timestamptz,
  categories_seen integer DEFAULT 0 NOT NULL,
  offers_new integer DEFAULT 0 NOT NULL,
  offers_changed integer DEFAULT 0 NOT NULL,
  offers_unchanged integer DEFAULT 0 NOT NULL,
  prices_opened integer DEFAULT 0 NOT NULL,
  prices_closed integer DEFAULT 0 NOT NULL,
  rejects integer DEFAULT 0 NOT NULL,
  errors integer DEFAULT 0 NOT NULL,
  last_error_code text,
  forecast jsonb,
  sync_file_hash text,
  postponed integer DEFAULT 0 NOT NULL,
  next_try_at timestamptz,
  offers_completed integer DEFAULT 0 NOT NULL,
  CONSTRAINT run_source CHECK (source IN ('sandbox', 'live')),
  CONSTRAINT run_status
    CHECK (status IN ('queued', 'running', 'succeeded', 'partial_quota', 'partial_error', 'failed', 'cancelled')),
  CONSTRAINT run_lane CHECK (lane IN ('refresh', 'discovery', 'manual')),
  CONSTRAINT run_budget_calls CHECK (budget_calls >= 0)
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);
CREATE UNIQUE INDEX run_active ON sync.run (scope) WHERE status IN ('queued', 'running');

COMMENT ON TABLE sync.run IS 'One run: a scope, a budget of calls, an outcome.';
COMMENT ON COLUMN sync.run.run_id IS 'Ours.';
COMMENT ON COLUMN sync.run.scope IS 'all, feed:<name>, or feeds:<name>,<name>; at most one run of a scope is active.';
COMMENT ON COLUMN sync.run.trigger IS 'cli, demo, or the name of a schedule.';
COMMENT ON COLUMN sync.run.source IS 'sandbox or live.';
COMMENT ON COLUMN sync.run.status IS 'queued, running, succeeded, partial_quota, partial_error, failed or cancelled.';
COMMENT ON COLUMN sync.run.cause IS 'Why it ended as it did.';
COMMENT ON COLUMN sync.run.feeds IS 'Names of its feeds.';
COMMENT ON COLUMN sync.run.lane IS 'Lane of its calls; null: by kind of job.';
COMMENT ON COLUMN sync.run.budget_calls IS 'Most calls it may spend; null: no bound but the quota.';
COMMENT ON COLUMN sync.run.calls_used IS 'Calls granted to it and not refunded.';
COMMENT ON COLUMN sync.run.lease_owner IS 'Process that drives it.';
COMMENT ON COLUMN sync.run.heartbeat_at IS 'When that process last said so.';
COMMENT ON COLUMN sync.run.requested_at IS 'When it was asked for.';
COMMENT ON COLUMN sync.run.started_at IS 'When it started.';
COMMENT ON COLUMN sync.run.deadline_at IS 'When it ends at the latest.';
COMMENT ON COLUMN sync.run.ended_at IS 'When it ended.';
COMMENT ON COLUMN sync.run.categories_seen IS 'Category nodes in its answers.';
COMMENT ON COLUMN sync.run.offers_new IS 'Offers that its answers were the first to show. Offers of watch lists are known before.';
COMMENT ON COLUMN sync.run.offers_changed IS 'Known offers whose detail it fetched again, and found changed.';
COMMENT ON COLUMN sync.run.offers_unchanged IS 'Known offers whose detail it fetched again, and found unchanged.';
COMMENT ON COLUMN sync.run.prices_opened IS 'Prices that began to hold.';
COMMENT ON COLUMN sync.run.prices_closed IS 'Prices that ended.';
COMMENT ON COLUMN sync.run.rejects IS 'Rows quarantined.';
COMMENT ON COLUMN sync.run.errors IS 'Targets given up.';
COMMENT ON COLUMN sync.run.last_error_code IS 'Code of the last of these; without any, of the last target that was postponed; null: without either.';
COMMENT ON COLUMN sync.run.forecast IS 'What it was expected to do, as it began: {"isGuess" (nothing was known yet: upper bounds), "calls": {operation: calls}, "newOffers", "changedOffers", "seconds"}; null: no forecast could be made.';
COMMENT ON COLUMN sync.run.sync_file_hash IS 'Hash of what the catalog-sync.yaml by which it goes says of feeds, freshness, language and APIs: processes whose file says otherwise leave the run alone. Null: a version that did not say; all drive it.';
COMMENT ON COLUMN sync.run.postponed IS 'Targets of its feeds that it left to a later try, since they could not be fetched for a reason that may pass.';
COMMENT ON COLUMN sync.run.next_try_at IS 'When the first of them is tried again, if a run is active by then; null: there are none.';
COMMENT ON COLUMN sync.run.offers_completed IS 'Offers known from searches only, of which it fetched the first detail that says anything.';

CREATE TABLE sync.schedule (
  name text PRIMARY KEY,
  cron text NOT NULL,
  time_zone text NOT NULL,
  feeds jsonb NOT NULL,
  budget_calls integer,
  missed text NOT NULL,
  origin text NOT NULL,
  paused_at timestamptz,
  counts_from timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT schedule_missed CHECK (missed IN ('skip', 'once')),
  CONSTRAINT schedule_origin CHECK (origin IN ('file', 'cli')),
  CONSTRAINT schedule_budget_calls CHECK (budget_calls >= 1),
  CONSTRAINT schedule_feeds CHECK (jsonb_typeof(feeds) = 'array')
);

COMMENT ON TABLE sync.schedule IS 'When to sync by itself, while a serve or worker process runs.';
COMMENT ON COLUMN sync.schedule.name IS 'What it is called in commands and run history.';
COMMENT ON COLUMN sync.schedule.cron IS 'Five fields: minute, hour, day of month, month, weekday.';
COMMENT ON COLUMN sync.schedule.time_zone IS 'The zone of these fields, by its IANA name.';
COMMENT ON COLUMN sync.schedule.feeds IS 'Names of the feeds that a run is for, as a JSON array.';
COMMENT ON COLUMN sync.schedule.budget_calls IS 'Most calls that one run may use; null: no bound but the quota.';
COMMENT ON COLUMN sync.schedule.missed IS 'What is made of slots during which nothing was running: once makes up for all of them by one run, skip does not.';
COMMENT ON COLUMN sync.schedule.origin IS 'file: catalog-sync.yaml has it. cli: catalog-sync schedule add made it.';
COMMENT ON COLUMN sync.schedule.paused_at IS 'Since when its slots are skipped (ledger clock); null: they are not.';
COMMENT ON COLUMN sync.schedule.counts_from IS 'Slots after this time have an outcome: when it was first seen, or last given other times (ledger clock).';
COMMENT ON COLUMN sync.schedule.created_at IS 'When it was first seen (ledger clock).';
COMMENT ON COLUMN sync.schedule.updated_at IS 'When it was last changed, paused or resumed (ledger clock).';

CREATE TABLE sync.slot (
  schedule text NOT NULL,
  slot_at timestamptz NOT NULL,
  outcome text NOT NULL,
  run_id bigint,
  decided_at timestamptz NOT NULL,
  CONSTRAINT slot_schedule_slot_at_pk PRIMARY KEY (schedule, slot_at),
  CONSTRAINT slot_outcome CHECK (outcome IN ('ran', 'merged', 'missed', 'skipped')),
  CONSTRAINT slot_run CHECK ((outcome IN ('ran', 'merged')) = (run_id IS NOT NULL))
);

COMMENT ON TABLE sync.slot IS 'The times at which schedules wanted a run, and what became of each.';
COMMENT ON COLUMN sync.slot.schedule IS 'Name of the schedule; it may be gone from sync.schedule.';
COMMENT ON COLUMN sync.slot.slot_at IS 'The time that its cron expression names.';
COMMENT ON COLUMN sync.slot.outcome IS 'ran: it started run_id. merged: run_id of the same scope was active. missed: nobody was there. skipped: the schedule was paused, or catalog-sync.yaml had none of its feeds.';
COMMENT ON COLUMN sync.slot.run_id IS 'The run it started or was merged into; null: none.';
COMMENT ON COLUMN sync.slot.decided_at IS 'When this was decided (ledger clock).';

CREATE TABLE sync.worker (
  worker_id uuid PRIMARY KEY,
  host text NOT NULL,
  started_at timestamptz NOT NULL,
  heartbeat_at timestamptz NOT NULL,
  whole_file_hash text,
  sync_file_hash text,
  pid integer,
  version text,
  jobs integer,
  recent_calls integer,
  last_error_code text,
  last_error_at timestamptz,
  ended_at timestamptz,
  is_service boolean DEFAULT false NOT NULL,
  failing_code text,
  failing_since timestamptz,
  CONSTRAINT worker_failing CHECK ((failing_code IS NULL) = (failing_since IS NULL))
);

COMMENT ON TABLE sync.worker IS 'Processes that work on runs, one row each; those not heard of for a day are removed.';
COMMENT ON COLUMN sync.worker.worker_id IS 'The process; a new one each time it starts.';
COMMENT ON COLUMN sync.worker.host IS 'Name of its machine.';
COMMENT ON COLUMN sync.worker.started_at IS 'When it began to work.';
COMMENT ON COLUMN sync.worker.heartbeat_at IS 'When it was last heard of, by the clock of the machine of Postgres: every five seconds while it works.';
COMMENT ON COLUMN sync.worker.whole_file_hash IS 'Hash of all that its catalog-sync.yaml says: those that work at the same time should agree. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.sync_file_hash IS 'Hash of what its catalog-sync.yaml says of feeds, freshness, language and APIs: it drives the runs that have the same. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.pid IS 'Its process id on that machine. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.version IS 'Its version of catalog-sync. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.jobs IS 'Jobs under way at its last heartbeat. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.recent_calls IS 'Calls that it made in the five minutes before its last heartbeat. Null: a version that did not say.';
COMMENT ON COLUMN sync.worker.last_error_code IS 'Code of the last error of its calls and jobs (docs/errors.md); null: there was none.';
COMMENT ON COLUMN sync.worker.last_error_at IS 'When that was, by its own clock.';
COMMENT ON COLUMN sync.worker.ended_at IS 'When it ended in order. Null: it works, or it was killed.';
COMMENT ON COLUMN sync.worker.is_service IS 'True: serve or worker, which work until they are stopped; false: sync, or a version that did not say.';
COMMENT ON COLUMN sync.worker.failing_code IS 'Code of docs/errors.md by which its last tick failed. Null: it works.';
COMMENT ON COLUMN sync.worker.failing_since IS 'Since when it fails by this code.';

CREATE TABLE sync.feed (
  feed text PRIMARY KEY,
  max_offers integer,
  watched bigint[] DEFAULT '{}' NOT NULL,
  offers integer DEFAULT 0 NOT NULL,
  assigned_at timestamptz NOT NULL,
  max_age interval
);

COMMENT ON TABLE sync.feed IS 'One feed of the sync file, as offers were last assigned to it.';
COMMENT ON COLUMN sync.feed.feed IS 'Name of the feed.';
COMMENT ON COLUMN sync.feed.max_offers IS 'Bound on its offers; null: none.';
COMMENT ON COLUMN sync.feed.watched IS 'Its watch list: offers that belong to it whether a search lists them or not.';
COMMENT ON COLUMN sync.feed.offers IS 'Offers that belong to it.';
COMMENT ON COLUMN sync.feed.assigned_at IS 'When its offers were last assigned as a whole; in between, offers join as they are listed.';
COMMENT ON COLUMN sync.feed.max_age IS 'Details of its offers are to be no older than this (max_age of the sync file), as of its newest run; null: no age is promised.';

CREATE TABLE sync.feed_set (
  feed_set integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  feeds text[] NOT NULL,
  CONSTRAINT feed_set_feeds UNIQUE (feeds)
);

COMMENT ON TABLE sync.feed_set IS 'A set of feeds that reaches offers. Few sets hold many offers, so that what feeds reach is found by an index.';
COMMENT ON COLUMN sync.feed_set.feed_set IS 'Number of the set.';
COMMENT ON COLUMN sync.feed_set.feeds IS 'Names of its feeds, in order.';

CREATE TABLE sync.search_window (
  window_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  feed text NOT NULL,
  keyword text DEFAULT '' NOT NULL,
  category_id bigint DEFAULT 0 NOT NULL,
  seller_id text DEFAULT '' NOT NULL,
  image text DEFAULT '' NOT NULL,
  kind text
    GENERATED ALWAYS AS (CASE WHEN seller_id <> '' THEN 'seller' WHEN image <> '' THEN 'image'
      WHEN keyword <> '' THEN 'keyword' ELSE 'category' END) STORED NOT NULL,
  price_min_cny numeric(14, 4),
  price_max_cny numeric(14, 4),
  language text NOT NULL,
  max_pages integer,
  total_records integer,
  next_page integer DEFAULT 1 NOT NULL,
  rows_seen integer DEFAULT 0 NOT NULL,
  pass_started_at timestamptz,
  is_pass_steady boolean DEFAULT true NOT NULL,
  completed_at timestamptz,
  last_outcome text,
  complete_since timestamptz,
  last_call_id bigint,
  parent_window_id bigint,
  is_split boolean DEFAULT false NOT NULL,
  is_splittable boolean DEFAULT true NOT NULL,
  is_doubted boolean DEFAULT false NOT NULL,
  ids_listed integer DEFAULT 0 NOT NULL,
  new_offers integer DEFAULT 0 NOT NULL,
  changed_offers integer DEFAULT 0 NOT NULL,
  stale_pages integer DEFAULT 0 NOT NULL,
  last_reach integer,
  last_new integer,
  last_changed integer,
  full_pass_at timestamptz,
  saved_calls integer DEFAULT 0 NOT NULL,
  not_before timestamptz,
  leased_by bigint,
  leased_until timestamptz,
  retired_at timestamptz,
  failed_tries smallint DEFAULT 0 NOT NULL,
  failure_code text,
  CONSTRAINT search_window_query
    UNIQUE NULLS NOT DISTINCT (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language),
  CONSTRAINT search_window_next_page CHECK (next_page >= 1),
  CONSTRAINT search_window_last_outcome
    CHECK (last_outcome IN ('complete', 'capped', 'max_pages', 'page_repeated',
      'short', 'split', 'stale', 'truncated', 'unproven')),
  CONSTRAINT search_window_parent_window_id_search_window_window_id_fk
    FOREIGN KEY (parent_window_id) REFERENCES sync.search_window(window_id)
) WITH (
  fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);
CREATE INDEX search_window_leased ON sync.search_window (leased_by) WHERE leased_by IS NOT NULL;
CREATE INDEX search_window_parent ON sync.search_window (parent_window_id) WHERE parent_window_id IS NOT NULL;

COMMENT ON TABLE sync.search_window IS 'One search query of a feed, and how far its pass is.';
COMMENT ON COLUMN sync.search_window.window_id IS 'Ours.';
COMMENT ON COLUMN sync.search_window.feed IS 'Feed of catalog-sync.yaml that searches; empty: the list of a shop that seems to have repriced.';
COMMENT ON COLUMN sync.search_window.keyword IS 'Keyword; empty: none.';
COMMENT ON COLUMN sync.search_window.category_id IS 'Category; 0: none.';
COMMENT ON COLUMN sync.search_window.seller_id IS 'Seller (sellerOpenId); empty: none.';
COMMENT ON COLUMN sync.search_window.image IS 'Picture: url, or path of a file from the project folder; empty: none.';
COMMENT ON COLUMN sync.search_window.kind IS 'What is searched by: keyword (also within a category), category, seller or image.';
COMMENT ON COLUMN sync.search_window.price_min_cny IS 'Lower bound in yuan; null: open.';
COMMENT ON COLUMN sync.search_window.price_max_cny IS 'Upper bound in yuan; null: open.';
COMMENT ON COLUMN sync.search_window.language IS 'Language of the translations.';
COMMENT ON COLUMN sync.search_window.max_pages IS 'Most pages of a pass; null: no bound.';
COMMENT ON COLUMN sync.search_window.total_records IS 'As 1688 last reported it: at most 2,000, whatever there is.';
COMMENT ON COLUMN sync.search_window.next_page IS 'Page to ask for next; 1 when no pass is under way.';
COMMENT ON COLUMN sync.search_window.rows_seen IS 'Rows the pass listed so far, repeats included.';
COMMENT ON COLUMN sync.search_window.pass_started_at IS 'When its first page was asked for; null when none is under way.';
COMMENT ON COLUMN sync.search_window.is_pass_steady IS 'The list stood still while the pass, the last one if none is under way, read it: one total, no row twice or unreadable, within an hour.';
COMMENT ON COLUMN sync.search_window.completed_at IS 'When the last pass ended.';
COMMENT ON COLUMN sync.search_window.last_outcome IS 'How the last pass ended: complete, unproven, capped, max_pages, page_repeated, truncated, short, stale or split.';
COMMENT ON COLUMN sync.search_window.complete_since IS 'When the newest complete pass began: what it and later pages did not list is not there. Null: there was none.';
COMMENT ON COLUMN sync.search_window.last_call_id IS 'Last page loaded (soft reference).';
COMMENT ON COLUMN sync.search_window.parent_window_id IS 'Search that it is a part of: the same query within narrower prices. Null: it is a search of its own.';
COMMENT ON COLUMN sync.search_window.is_split IS 'Its parts are asked for in its place, for it lists less than there is.';
COMMENT ON COLUMN sync.search_window.is_splittable IS 'False: 1688 answered to its parts as to the whole, so that parts bring nothing.';
COMMENT ON COLUMN sync.search_window.is_doubted IS 'The pass met a page that does not fit its list: the next such page ends it.';
COMMENT ON COLUMN sync.search_window.ids_listed IS 'Different offers that the pass listed so far.';
COMMENT ON COLUMN sync.search_window.new_offers IS 'Offers that the pass so far showed first.';
COMMENT ON COLUMN sync.search_window.changed_offers IS 'Known offers that the pass so far showed changed.';
COMMENT ON COLUMN sync.search_window.stale_pages IS 'Pages in a row, up to the last one, on which nothing was new or changed.';
COMMENT ON COLUMN sync.search_window.last_reach IS 'Different offers that the last pass listed; null: not known.';
COMMENT ON COLUMN sync.search_window.last_new IS 'Offers that the last pass showed first; null: not known.';
COMMENT ON COLUMN sync.search_window.last_changed IS 'Known offers that the last pass showed changed; null: not known.';
COMMENT ON COLUMN sync.search_window.full_pass_at IS 'When the newest pass ended that was not stopped early; null: not known.';
COMMENT ON COLUMN sync.search_window.saved_calls IS 'Pages that passes did not ask for since they stopped early, all together.';
COMMENT ON COLUMN sync.search_window.not_before IS 'Not asked for again before this time.';
COMMENT ON COLUMN sync.search_window.leased_by IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN sync.search_window.leased_until IS 'When the lease ends by itself.';
COMMENT ON COLUMN sync.search_window.retired_at IS 'When no feed wanted it any more.';
COMMENT ON COLUMN sync.search_window.failed_tries IS 'How often in a row its page could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.search_window.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';

CREATE TABLE sync.window_offer (
  window_id bigint NOT NULL,
  offer_id bigint NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  CONSTRAINT window_offer_window_id_offer_id_pk PRIMARY KEY (window_id, offer_id),
  CONSTRAINT window_offer_window_id_search_window_window_id_fk
    FOREIGN KEY (window_id) REFERENCES sync.search_window(window_id)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX window_offer_offer ON sync.window_offer (offer_id);

COMMENT ON TABLE sync.window_offer IS 'One offer that a search window has listed.';
COMMENT ON COLUMN sync.window_offer.window_id IS 'Search window.';
COMMENT ON COLUMN sync.window_offer.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN sync.window_offer.first_seen_at IS 'Earliest page that listed it.';
COMMENT ON COLUMN sync.window_offer.last_seen_at IS 'Newest page that listed it.';

CREATE TABLE sync.window_value (
  window_id bigint PRIMARY KEY,
  pages integer DEFAULT 0 NOT NULL,
  soon_value real NOT NULL,
  late_value real NOT NULL,
  new_offers real NOT NULL,
  exposure_days real NOT NULL,
  CONSTRAINT window_value_window_id_search_window_window_id_fk
    FOREIGN KEY (window_id) REFERENCES sync.search_window(window_id) ON DELETE CASCADE
);

COMMENT ON TABLE sync.window_value IS 'What a page of a search window is worth (docs/planner.md), as its last pass left it.';
COMMENT ON COLUMN sync.window_value.window_id IS 'The window.';
COMMENT ON COLUMN sync.window_value.pages IS 'Pages of the pass, or of the one under way, that the values are of.';
COMMENT ON COLUMN sync.window_value.soon_value IS 'Value of these pages together half a day after they were seen.';
COMMENT ON COLUMN sync.window_value.late_value IS 'The same after four days.';
COMMENT ON COLUMN sync.window_value.new_offers IS 'Offers that its passes were the first to list; half of them is forgotten in 90 days.';
COMMENT ON COLUMN sync.window_value.exposure_days IS 'Days between those passes, forgotten likewise.';

CREATE TABLE sync.category_visit (
  category_id bigint PRIMARY KEY,
  visited_at timestamptz,
  last_call_id bigint,
  not_before timestamptz,
  leased_by bigint,
  leased_until timestamptz,
  failed_tries smallint DEFAULT 0 NOT NULL,
  failure_code text
) WITH (fillfactor = 85);
CREATE INDEX category_visit_leased ON sync.category_visit (leased_by) WHERE leased_by IS NOT NULL;

COMMENT ON TABLE sync.category_visit IS 'When a category node was last asked for.';
COMMENT ON COLUMN sync.category_visit.category_id IS 'Category id of 1688; 0: the roots.';
COMMENT ON COLUMN sync.category_visit.visited_at IS 'Newest answer loaded; null: never.';
COMMENT ON COLUMN sync.category_visit.last_call_id IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN sync.category_visit.not_before IS 'Not asked for again before this time.';
COMMENT ON COLUMN sync.category_visit.leased_by IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN sync.category_visit.leased_until IS 'When the lease ends by itself.';
COMMENT ON COLUMN sync.category_visit.failed_tries IS 'How often in a row it could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.category_visit.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';

CREATE TABLE sync.image_upload (
  app_key text NOT NULL,
  sha256 text NOT NULL,
  image_id text,
  call_id bigint NOT NULL,
  uploaded_at timestamptz NOT NULL,
  CONSTRAINT image_upload_app_key_sha256_pk PRIMARY KEY (app_key, sha256),
  CONSTRAINT image_upload_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$')
);

COMMENT ON TABLE sync.image_upload IS 'Pictures that were handed to 1688 to search by: each once an app.';
COMMENT ON COLUMN sync.image_upload.app_key IS 'App Key of the application that 1688 gave the id to.';
COMMENT ON COLUMN sync.image_upload.sha256 IS 'SHA-256 of the bytes of the picture, in hex.';
COMMENT ON COLUMN sync.image_upload.image_id IS 'Id of the picture at 1688; null: 1688 can not use it.';
COMMENT ON COLUMN sync.image_upload.call_id IS 'Call that handed it over (usage.api_call).';
COMMENT ON COLUMN sync.image_upload.uploaded_at IS 'When the call was granted (ledger clock).';

-- fillfactor: hardly any update is HOT, because nearly each changes order_at, detail_at, the lease or the feed set, which indexes have.
-- Room for the new version of one row on each page is still worth it: with none, updates take 9 % longer and write 8 % more WAL, since
-- they change a second page. More room only makes the table larger. evidence is one array, because each array has a header of 21 bytes.
CREATE TABLE sync.refresh (
  offer_id bigint PRIMARY KEY,
  first_seen_at timestamptz NOT NULL,
  summary_at timestamptz,
  summary_call_id bigint,
  detail_at timestamptz,
  detail_call_id bigint,
  found_at timestamptz,
  found_call_id bigint,
  last_call_id bigint,
  absent_at timestamptz,
  absent_call_id bigint,
  changed_at timestamptz,
  stale_since timestamptz,
  order_at timestamptz,
  not_before timestamptz,
  leased_by bigint,
  leased_until timestamptz,
  vouched_at timestamptz,
  price_hinted_at timestamptz,
  date_hinted_at timestamptz,
  empty_detail_streak integer DEFAULT 0 NOT NULL,
  popularity real DEFAULT 1 NOT NULL,
  rate_changes real DEFAULT 0 NOT NULL,
  rate_days real DEFAULT 0 NOT NULL,
  feed_set integer DEFAULT 0 NOT NULL,
  bucket integer,
  offer_changes real DEFAULT 0 NOT NULL,
  offer_days real DEFAULT 0 NOT NULL,
  price_changes real DEFAULT 0 NOT NULL,
  price_days real DEFAULT 0 NOT NULL,
  in_stock_changes real DEFAULT 0 NOT NULL,
  in_stock_days real DEFAULT 0 NOT NULL,
  out_of_stock_changes real DEFAULT 0 NOT NULL,
  out_of_stock_days real DEFAULT 0 NOT NULL,
  gone_changes real DEFAULT 0 NOT NULL,
  gone_days real DEFAULT 0 NOT NULL,
  failed_tries smallint DEFAULT 0 NOT NULL,
  is_in_stock boolean,
  stale_by text,
  failure_code text,
  leased_for text,
  evidence real[],
  CONSTRAINT refresh_stale_by CHECK (stale_by IN ('row', 'modify_date', 'absence')),
  CONSTRAINT refresh_stale CHECK ((stale_since IS NULL) = (stale_by IS NULL)),
  CONSTRAINT refresh_bucket CHECK ((bucket IS NULL) = (order_at IS NULL)),
  CONSTRAINT refresh_empty_detail_streak CHECK (empty_detail_streak >= 0)
) WITH (fillfactor = 95, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
CREATE INDEX refresh_queue ON sync.refresh (feed_set, bucket, order_at, offer_id) WHERE bucket IS NOT NULL;
CREATE INDEX refresh_leased ON sync.refresh (leased_by) WHERE leased_by IS NOT NULL;
CREATE INDEX refresh_given_up ON sync.refresh (not_before) WHERE not_before IS NOT NULL;
CREATE INDEX refresh_detail_age ON sync.refresh (feed_set, coalesce(detail_at, '-infinity'::timestamptz), offer_id) WHERE bucket IS NOT NULL;

COMMENT ON TABLE sync.refresh IS 'One offer: when it was last fetched, what that showed of how often it changes, and where it stands among what is to be fetched next. Its row lock is the lock of everything that belongs to the offer.';
COMMENT ON COLUMN sync.refresh.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN sync.refresh.first_seen_at IS 'Earliest answer that named it.';
COMMENT ON COLUMN sync.refresh.summary_at IS 'Newest search row.';
COMMENT ON COLUMN sync.refresh.summary_call_id IS 'Call of that row (soft reference).';
COMMENT ON COLUMN sync.refresh.detail_at IS 'Newest detail answer; null: never.';
COMMENT ON COLUMN sync.refresh.detail_call_id IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN sync.refresh.found_at IS 'Newest detail answer that found it.';
COMMENT ON COLUMN sync.refresh.found_call_id IS 'Call of that answer (soft reference).';
COMMENT ON COLUMN sync.refresh.last_call_id IS 'Call loaded last (soft reference).';
COMMENT ON COLUMN sync.refresh.absent_at IS 'When a complete pass began that should have listed the offer and did not; observations before it are known to be stale.';
COMMENT ON COLUMN sync.refresh.absent_call_id IS 'Call that completed that pass (soft reference).';
COMMENT ON COLUMN sync.refresh.changed_at IS 'Newest observation that was the first to show a change; null: none was.';
COMMENT ON COLUMN sync.refresh.stale_since IS 'The observation that showed that its detail is out of date; null: nothing says so.';
COMMENT ON COLUMN sync.refresh.order_at IS 'Offers of one bucket are fetched in this order: when they were last fetched, a search row counting for the share of changes it shows.';
COMMENT ON COLUMN sync.refresh.not_before IS 'Not asked for again before this time.';
COMMENT ON COLUMN sync.refresh.leased_by IS 'Run that has taken it to ask about it; null when free.';
COMMENT ON COLUMN sync.refresh.leased_until IS 'When the lease ends by itself.';
COMMENT ON COLUMN sync.refresh.vouched_at IS 'The newest observation with nothing that hints at a change since the newest detail. Null: none.';
COMMENT ON COLUMN sync.refresh.price_hinted_at IS 'When a search row with another price came that was counted as a change of the offer and its prices, and no detail since. Null: none.';
COMMENT ON COLUMN sync.refresh.date_hinted_at IS 'When a search row with the same price and another date of modification came that was counted as a change of the offer and its prices, and neither a detail nor a row with another price since. Null: none.';
COMMENT ON COLUMN sync.refresh.empty_detail_streak IS 'Empty detail answers since the newest that found it.';
COMMENT ON COLUMN sync.refresh.popularity IS 'How much its freshness matters before feeds are weighed: the root of 1 + sales of a month.';
COMMENT ON COLUMN sync.refresh.rate_changes IS 'Changes that its observations added to what is known of all offers (docs/planner.md).';
COMMENT ON COLUMN sync.refresh.rate_days IS 'Days in which those changes would have been seen.';
COMMENT ON COLUMN sync.refresh.feed_set IS 'Feeds that reach it, as a row of sync.feed_set; 0: none.';
COMMENT ON COLUMN sync.refresh.bucket IS 'Offers of one number matter and change about the same (docs/planner.md); below 0: the detail is known to be wrong, or was never fetched; null: gone, not to be asked for.';
COMMENT ON COLUMN sync.refresh.offer_changes IS 'As if so many changes of anything but stock and sales had been seen, of all that is known of it (evidence); without evidence, beyond what is known of all offers.';
COMMENT ON COLUMN sync.refresh.offer_days IS 'In so many days.';
COMMENT ON COLUMN sync.refresh.price_changes IS 'The same of its prices.';
COMMENT ON COLUMN sync.refresh.price_days IS 'In so many days.';
COMMENT ON COLUMN sync.refresh.in_stock_changes IS 'The same of its running out of stock.';
COMMENT ON COLUMN sync.refresh.in_stock_days IS 'In so many days with stock.';
COMMENT ON COLUMN sync.refresh.out_of_stock_changes IS 'The same of its coming back into stock.';
COMMENT ON COLUMN sync.refresh.out_of_stock_days IS 'In so many days without stock.';
COMMENT ON COLUMN sync.refresh.gone_changes IS 'The same of its being there again after details that had not found it.';
COMMENT ON COLUMN sync.refresh.gone_days IS 'In so many days in which it was not there.';
COMMENT ON COLUMN sync.refresh.failed_tries IS 'How often in a row its detail could not be fetched for a reason that may pass: each time, not_before is further away.';
COMMENT ON COLUMN sync.refresh.is_in_stock IS 'Whether the newest detail showed any stock. Null: it did not say, or was empty.';
COMMENT ON COLUMN sync.refresh.stale_by IS 'What showed it: another price in a search row (row), another date of modification in it (modify_date), a complete pass without it (absence).';
COMMENT ON COLUMN sync.refresh.failure_code IS 'Why it could not be fetched when it was last tried; null: it could.';
COMMENT ON COLUMN sync.refresh.leased_for IS 'Why the run has taken it: max_age (a feed promises that its detail is never older), or null for its value. Means nothing once it is free.';
COMMENT ON COLUMN sync.refresh.evidence IS 'By the ten rates of sync.figure.shares: ln of the probability of what details and rows showed. [1:10] of anything but stock and sales, [11:20] of its prices, [21:30] of its running out of stock, [31:40] of its coming back into stock, [41:50] of its being there again after details that had not found it. Nulls, or beyond the end: nothing was observed twice. Zeros: nothing was observed, and the rate is that of offers that change as often.';

CREATE TABLE sync.seller_observation (
  seller_id text PRIMARY KEY,
  observed_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  name_at timestamptz,
  name_call_id bigint
) WITH (fillfactor = 85);

COMMENT ON TABLE sync.seller_observation IS 'One seller: the newest detail answer that described it.';
COMMENT ON COLUMN sync.seller_observation.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN sync.seller_observation.observed_at IS 'When its call was granted.';
COMMENT ON COLUMN sync.seller_observation.call_id IS 'That call (soft reference).';
COMMENT ON COLUMN sync.seller_observation.name_at IS 'When the call was granted whose answer is the newest that has the name; null: none did.';
COMMENT ON COLUMN sync.seller_observation.name_call_id IS 'That call (soft reference).';

CREATE TABLE sync.planner (
  prior_changes real NOT NULL,
  prior_days real NOT NULL,
  visible_changes real NOT NULL,
  hidden_changes real NOT NULL,
  mean_popularity real NOT NULL,
  floor_days real,
  fitted_at timestamptz,
  recent_found real DEFAULT 0 NOT NULL,
  recent_empty real DEFAULT 0 NOT NULL,
  repricings real DEFAULT 0 NOT NULL,
  shop_days real DEFAULT 0 NOT NULL,
  siblings_expected real DEFAULT 0 NOT NULL,
  siblings_changed real DEFAULT 0 NOT NULL
);
CREATE UNIQUE INDEX planner_one_row ON sync.planner ((true));

COMMENT ON TABLE sync.planner IS 'What is known of all offers together, in one row (docs/planner.md).';
COMMENT ON COLUMN sync.planner.prior_changes IS 'Changes that are taken for granted of any offer before its own observations count.';
COMMENT ON COLUMN sync.planner.prior_days IS 'In so many days.';
COMMENT ON COLUMN sync.planner.visible_changes IS 'Changes that search rows show, as many as the details that no row prompted make likely, the first guess included.';
COMMENT ON COLUMN sync.planner.hidden_changes IS 'Changes that search rows do not show, as many as the details that no row prompted make likely, the first guess included.';
COMMENT ON COLUMN sync.planner.mean_popularity IS 'Mean popularity of offers: one that is as popular has importance 1.';
COMMENT ON COLUMN sync.planner.floor_days IS 'Age past which an offer is fetched whatever it is worth; null: not known yet.';
COMMENT ON COLUMN sync.planner.fitted_at IS 'When the figures were last fitted to the catalog; null: never.';
COMMENT ON COLUMN sync.planner.recent_found IS 'Details of the last answers that had the offer; each counts a twentieth less than the one after it.';
COMMENT ON COLUMN sync.planner.recent_empty IS 'As recent_found, of those that were empty although no complete pass lacked the offer. Five or more, and as many as recent_found: empty details are not believed.';
COMMENT ON COLUMN sync.planner.repricings IS 'Repricings of all shops (sync.shop_suspicion).';
COMMENT ON COLUMN sync.planner.shop_days IS 'In so many days of shops, about.';
COMMENT ON COLUMN sync.planner.siblings_expected IS 'Of the offers on pages of suspected shops, how many were expected to have changed.';
COMMENT ON COLUMN sync.planner.siblings_changed IS 'How many had changed.';

CREATE TABLE sync.figure (
  figure text PRIMARY KEY,
  prior_changes real NOT NULL,
  prior_days real NOT NULL,
  hidden_changes real DEFAULT 0 NOT NULL,
  hidden_expected real DEFAULT 0 NOT NULL,
  row_details real DEFAULT 0 NOT NULL,
  row_changes real DEFAULT 0 NOT NULL,
  date_details real DEFAULT 0 NOT NULL,
  date_changes real DEFAULT 0 NOT NULL,
  absence_details real DEFAULT 0 NOT NULL,
  absence_changes real DEFAULT 0 NOT NULL,
  shares real[] NOT NULL,
  by_offer_rate real[][],
  CONSTRAINT figure_name CHECK (figure IN ('offer', 'price', 'in_stock', 'out_of_stock', 'gone'))
);

COMMENT ON TABLE sync.figure IS 'What is known of how often the figures of all offers change: the offer as a whole, its prices, its stock while there is some (in_stock) or none (out_of_stock), and that it is not there (gone). docs/confidence.md.';
COMMENT ON COLUMN sync.figure.figure IS 'offer, price, in_stock, out_of_stock or gone.';
COMMENT ON COLUMN sync.figure.prior_changes IS 'Changes of an offer of which nothing was observed, in prior_days, as follows of shares (analytics.chance_held).';
COMMENT ON COLUMN sync.figure.prior_days IS 'In so many days.';
COMMENT ON COLUMN sync.figure.hidden_changes IS 'Of the changes that details found and rows had vouched against: those that rows hide, as many as are likely.';
COMMENT ON COLUMN sync.figure.hidden_expected IS 'How many of them would be expected if rows never showed a change of this figure.';
COMMENT ON COLUMN sync.figure.row_details IS 'Details after a row with another price. Half of a count is forgotten in 90 days.';
COMMENT ON COLUMN sync.figure.row_changes IS 'Those of them that found the figure changed, as far as it was when the row was seen.';
COMMENT ON COLUMN sync.figure.date_details IS 'Details after a row with another date of modification, and the same price.';
COMMENT ON COLUMN sync.figure.date_changes IS 'Those of them that found the figure changed, as far as it was when the row was seen.';
COMMENT ON COLUMN sync.figure.absence_details IS 'Details after a complete pass that did not list the offer.';
COMMENT ON COLUMN sync.figure.absence_changes IS 'Those of them that found the figure changed, as far as it was at the pass.';
COMMENT ON COLUMN sync.figure.shares IS 'Shares of offers that change 0.0005, 0.002, 0.008, 0.03, 0.1, 0.25, 0.5, 1, 2 and 4 times a day.';
COMMENT ON COLUMN sync.figure.by_offer_rate IS 'The same shares (second index) of the offers that change as often as each of these rates (first index). Null: alike of all.';

CREATE TABLE sync.shop_suspicion (
  seller_id text PRIMARY KEY,
  known_since timestamptz NOT NULL,
  from_at timestamptz,
  seen_at timestamptz,
  log_odds double precision,
  siblings integer DEFAULT 0 NOT NULL,
  repricings real DEFAULT 0 NOT NULL,
  pages integer DEFAULT 0 NOT NULL,
  siblings_expected real DEFAULT 0 NOT NULL,
  siblings_changed integer DEFAULT 0 NOT NULL,
  CONSTRAINT shop_suspicion_open CHECK (num_nulls(from_at, seen_at, log_odds) IN (0, 3))
);
CREATE INDEX shop_suspicion_log_odds ON sync.shop_suspicion (log_odds) WHERE log_odds IS NOT NULL;

COMMENT ON TABLE sync.shop_suspicion IS 'Shops of which a price changed that was not expected to, and what is known of their repricings. Shops of which nothing is known have no row.';
COMMENT ON COLUMN sync.shop_suspicion.seller_id IS '1688''s sellerOpenId.';
COMMENT ON COLUMN sync.shop_suspicion.known_since IS 'When its first offers were found.';
COMMENT ON COLUMN sync.shop_suspicion.from_at IS 'It may have repriced since then, when an offer that changed was seen before; null: nothing says that it did.';
COMMENT ON COLUMN sync.shop_suspicion.seen_at IS 'And until then, when that offer was seen changed.';
COMMENT ON COLUMN sync.shop_suspicion.log_odds IS 'ln of the chance that it did, by the chance that it did not. From 0.847 (70 %) on its search page is asked for.';
COMMENT ON COLUMN sync.shop_suspicion.siblings IS 'Other offers of the shop that were seen since.';
COMMENT ON COLUMN sync.shop_suspicion.repricings IS 'How often it has repriced, by the chances of suspicions that are over.';
COMMENT ON COLUMN sync.shop_suspicion.pages IS 'First pages of its list that were loaded while it was suspected.';
COMMENT ON COLUMN sync.shop_suspicion.siblings_expected IS 'Of the offers on them, how many were expected to have changed.';
COMMENT ON COLUMN sync.shop_suspicion.siblings_changed IS 'How many had changed.';

CREATE TABLE sync.observation_stat (
  date_day date NOT NULL,
  source text NOT NULL,
  hint text NOT NULL,
  decile smallint NOT NULL,
  observations integer DEFAULT 0 NOT NULL,
  expected real NOT NULL,
  changed integer DEFAULT 0 NOT NULL,
  CONSTRAINT observation_stat_date_day_source_hint_decile_pk PRIMARY KEY (date_day, source, hint, decile),
  CONSTRAINT observation_stat_source CHECK (source IN ('search', 'detail')),
  CONSTRAINT observation_stat_hint CHECK (hint IN ('none', 'row', 'modify_date', 'absence')),
  CONSTRAINT observation_stat_decile CHECK (decile BETWEEN 1 AND 10)
);

COMMENT ON TABLE sync.observation_stat IS 'Looks at offers that were seen before, by what was expected of them: shows whether the planner can be trusted, and what hints are worth.';
COMMENT ON COLUMN sync.observation_stat.date_day IS 'Day of the observations in China.';
COMMENT ON COLUMN sync.observation_stat.source IS 'search (a row of a page) or detail.';
COMMENT ON COLUMN sync.observation_stat.hint IS 'What had shown before that the detail was out of date: none, row, modify_date or absence.';
COMMENT ON COLUMN sync.observation_stat.decile IS 'Expected chance of a change, in tenths: 1 is up to 0.1.';
COMMENT ON COLUMN sync.observation_stat.observations IS 'Looks.';
COMMENT ON COLUMN sync.observation_stat.expected IS 'Sum of the expected chances: how many of them should have shown a change.';
COMMENT ON COLUMN sync.observation_stat.changed IS 'How many of them did.';

CREATE TABLE sync.drift (
  operation text NOT NULL,
  path text NOT NULL,
  kind text NOT NULL,
  seen bigint NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  sample text,
  last_call_id bigint NOT NULL,
  CONSTRAINT drift_operation_path_kind_pk PRIMARY KEY (operation, path, kind),
  CONSTRAINT drift_kind CHECK (kind IN ('unknown', 'missing', 'retyped'))
) WITH (fillfactor = 70);

COMMENT ON TABLE sync.drift IS 'One field whose presence or type is not as known of the API.';
COMMENT ON COLUMN sync.drift.operation IS 'Operation.';
COMMENT ON COLUMN sync.drift.path IS 'Where in its answers.';
COMMENT ON COLUMN sync.drift.kind IS 'unknown, missing or retyped.';
COMMENT ON COLUMN sync.drift.seen IS 'Answers that had it.';
COMMENT ON COLUMN sync.drift.first_seen_at IS 'Earliest of them.';
COMMENT ON COLUMN sync.drift.last_seen_at IS 'Newest of them.';
COMMENT ON COLUMN sync.drift.sample IS 'A value, at most 200 characters.';
COMMENT ON COLUMN sync.drift.last_call_id IS 'Call of the newest (usage.api_call; soft reference).';

CREATE TABLE sync.quarantine (
  quarantine_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  raw_id bigint NOT NULL,
  call_id bigint NOT NULL,
  run_id bigint,
  operation text NOT NULL,
  path text NOT NULL,
  reason text NOT NULL,
  sample text,
  observed_at timestamptz NOT NULL,
  CONSTRAINT quarantine_once UNIQUE (raw_id, path, reason)
);

COMMENT ON TABLE sync.quarantine IS 'One value of an answer that could not be used.';
COMMENT ON COLUMN sync.quarantine.quarantine_id IS 'Ours.';
COMMENT ON COLUMN sync.quarantine.raw_id IS 'Stored answer (soft reference).';
COMMENT ON COLUMN sync.quarantine.call_id IS 'Call (soft reference).';
COMMENT ON COLUMN sync.quarantine.run_id IS 'Run that made the call (sync.run).';
COMMENT ON COLUMN sync.quarantine.operation IS 'Operation of the call.';
COMMENT ON COLUMN sync.quarantine.path IS 'Where in the answer.';
COMMENT ON COLUMN sync.quarantine.reason IS 'Why: missing, not_an_id, not_money ...';
COMMENT ON COLUMN sync.quarantine.sample IS 'The value, at most 200 characters.';
COMMENT ON COLUMN sync.quarantine.observed_at IS 'When the call was granted.';

CREATE TABLE sync.reprocess (
  reprocess_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  selection jsonb NOT NULL,
  normalizer_version integer NOT NULL,
  until_raw_id bigint NOT NULL,
  operation text,
  after_raw_id bigint DEFAULT 0 NOT NULL,
  counts jsonb NOT NULL,
  started_at timestamptz NOT NULL,
  advanced_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX reprocess_unfinished ON sync.reprocess (reprocess_id) WHERE ended_at IS NULL;

COMMENT ON TABLE sync.reprocess IS 'One reading of stored answers with newer code (catalog-sync reprocess --yes), and how far it is.';
COMMENT ON COLUMN sync.reprocess.reprocess_id IS 'Ours.';
COMMENT ON COLUMN sync.reprocess.selection IS 'Which answers: operation, offer, since, quarantined only, versions below.';
COMMENT ON COLUMN sync.reprocess.normalizer_version IS 'Version of the code that reads them.';
COMMENT ON COLUMN sync.reprocess.until_raw_id IS 'Newest answer when it began: later ones are read by that code anyway.';
COMMENT ON COLUMN sync.reprocess.operation IS 'Operation whose answers it is at; null: at none yet.';
COMMENT ON COLUMN sync.reprocess.after_raw_id IS 'Newest answer of that operation that it has done.';
COMMENT ON COLUMN sync.reprocess.counts IS 'What it read and changed so far.';
COMMENT ON COLUMN sync.reprocess.started_at IS 'When it began.';
COMMENT ON COLUMN sync.reprocess.advanced_at IS 'When its last batch was done.';
COMMENT ON COLUMN sync.reprocess.ended_at IS 'When it was done; null: it is under way, or was killed and goes on with the same command.';

CREATE TABLE sync.erased_seller (
  seller_hash bytea PRIMARY KEY,
  requested_at timestamptz NOT NULL,
  completed_at timestamptz
);

COMMENT ON TABLE sync.erased_seller IS 'Sellers that were erased and do not come back, by catalog-sync erase-seller.';
COMMENT ON COLUMN sync.erased_seller.seller_hash IS 'SHA-256 of 1688''s sellerOpenId: tells who has the id that it was erased, and nobody else anything.';
COMMENT ON COLUMN sync.erased_seller.requested_at IS 'When erasing was first asked for.';
COMMENT ON COLUMN sync.erased_seller.completed_at IS 'When everything was erased for the last time; null: it was broken off, start it again.';

CREATE TABLE sync.erased_offer (
  offer_id bigint PRIMARY KEY,
  seller_hash bytea NOT NULL,
  erased_at timestamptz NOT NULL,
  CONSTRAINT erased_offer_seller_hash_erased_seller_seller_hash_fk
    FOREIGN KEY (seller_hash) REFERENCES sync.erased_seller(seller_hash)
);
CREATE INDEX erased_offer_seller ON sync.erased_offer (seller_hash);

COMMENT ON TABLE sync.erased_offer IS 'Offers of erased sellers: answers about them are left out of the catalog.';
COMMENT ON COLUMN sync.erased_offer.offer_id IS 'Offer.';
COMMENT ON COLUMN sync.erased_offer.seller_hash IS 'Whose it was.';
COMMENT ON COLUMN sync.erased_offer.erased_at IS 'When its texts and pictures were erased.';

CREATE TABLE sync.operator_action (
  action_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  acted_at timestamptz DEFAULT now() NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  outcome text NOT NULL
);

COMMENT ON TABLE sync.operator_action IS 'What people had the web pages do, and which app they had this database adopt: who, when and what became of it.';
COMMENT ON COLUMN sync.operator_action.action_id IS 'Number of the action.';
COMMENT ON COLUMN sync.operator_action.acted_at IS 'When it was asked for, by the real clock.';
COMMENT ON COLUMN sync.operator_action.actor IS 'Who: the begin of a session''s id, and whether it logged in by token or came from this machine; or the command line.';
COMMENT ON COLUMN sync.operator_action.action IS 'run, cancel, hold, resume, retry, connect or adopt.';
COMMENT ON COLUMN sync.operator_action.subject IS 'What it was done to: a scope, a run, an API, the database.';
COMMENT ON COLUMN sync.operator_action.outcome IS 'What became of it: done and how, or the code of the error.';

CREATE TABLE sync.ended_session (
  session_id text PRIMARY KEY,
  ended_at timestamptz NOT NULL
);

COMMENT ON TABLE sync.ended_session IS 'Sessions of the web pages that people logged out of. A row goes when the cookie of its session has been too old for hours.';
COMMENT ON COLUMN sync.ended_session.session_id IS 'Id of the session. It is not enough to log in: a cookie is also signed.';
COMMENT ON COLUMN sync.ended_session.ended_at IS 'When the log-out was, by the real clock.';

CREATE TABLE sync.notification (
  issue text PRIMARY KEY,
  kind text NOT NULL,
  severity text NOT NULL,
  summary text NOT NULL,
  remedy text NOT NULL,
  path text NOT NULL,
  began_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  ended_at timestamptz,
  notified_state text,
  notified_at timestamptz,
  issue_id text,
  origin text,
  since timestamptz,
  heals_itself boolean,
  heals_at timestamptz,
  run_id bigint,
  code text,
  urgent_state text,
  urgent_at timestamptz,
  CONSTRAINT notification_kind CHECK (kind IN ('state', 'event')),
  CONSTRAINT notification_severity CHECK (severity IN ('act', 'warn')),
  CONSTRAINT notification_notified_state CHECK (notified_state IN ('lasting', 'over')),
  CONSTRAINT notification_notified_at CHECK ((notified_state IS NULL) = (notified_at IS NULL)),
  CONSTRAINT notification_urgent_state CHECK (urgent_state IN ('lasting', 'over')),
  CONSTRAINT notification_urgent_at CHECK ((urgent_state IS NULL) = (urgent_at IS NULL))
);

COMMENT ON TABLE sync.notification IS 'Health issues that a webhook was or is to be sent: one row an issue. What ended more than 30 days ago is removed.';
COMMENT ON COLUMN sync.notification.issue IS 'What it is about, as in run:all:targets_failed: the same issue has the same name each time.';
COMMENT ON COLUMN sync.notification.kind IS 'state: it lasts until it is resolved, and its end is sent. event: it happened, and is sent once.';
COMMENT ON COLUMN sync.notification.severity IS 'act: a person is needed. warn: it goes on by itself, for now.';
COMMENT ON COLUMN sync.notification.summary IS 'What has happened, in a sentence, as it was last seen.';
COMMENT ON COLUMN sync.notification.remedy IS 'What to do.';
COMMENT ON COLUMN sync.notification.path IS 'The page of the ops pages that shows it.';
COMMENT ON COLUMN sync.notification.began_at IS 'When it was first seen, of the present or last time that it lasted.';
COMMENT ON COLUMN sync.notification.last_seen_at IS 'When it was last seen to last.';
COMMENT ON COLUMN sync.notification.ended_at IS 'When it was first seen to be over; null: it lasts.';
COMMENT ON COLUMN sync.notification.notified_state IS 'Last message about it that NOTIFY_WEBHOOK_URL took: lasting (also of an event), over, or null: none yet.';
COMMENT ON COLUMN sync.notification.notified_at IS 'When NOTIFY_WEBHOOK_URL took the last message about it.';
COMMENT ON COLUMN sync.notification.issue_id IS 'Which kind of health issue it is: a section of docs/health.md.';
COMMENT ON COLUMN sync.notification.origin IS 'Who can end it: operator, catalog-sync, 1688 or network.';
COMMENT ON COLUMN sync.notification.since IS 'When what is wrong began, as far as it is known; began_at is when it was noticed.';
COMMENT ON COLUMN sync.notification.heals_itself IS 'True: it ends without a person.';
COMMENT ON COLUMN sync.notification.heals_at IS 'From when on it can end by itself. Null: not known.';
COMMENT ON COLUMN sync.notification.run_id IS 'The run that shows it. Null: none.';
COMMENT ON COLUMN sync.notification.code IS 'Code of docs/errors.md behind it. Null: none.';
COMMENT ON COLUMN sync.notification.urgent_state IS 'The same of NOTIFY_URGENT_WEBHOOK_URL.';
COMMENT ON COLUMN sync.notification.urgent_at IS 'When NOTIFY_URGENT_WEBHOOK_URL took the last message about it.';

CREATE TABLE sync.notification_delivery (
  is_only_row boolean PRIMARY KEY DEFAULT true NOT NULL,
  checked_at timestamptz,
  delivered_at timestamptz,
  attempts integer DEFAULT 0 NOT NULL,
  failing_since timestamptz,
  attempted_at timestamptz,
  next_attempt_at timestamptz,
  error_code text,
  error text,
  CONSTRAINT notification_delivery_one_row CHECK (is_only_row)
);

COMMENT ON TABLE sync.notification_delivery IS 'How the sending of notifications goes. One row at most: there is one receiver.';
COMMENT ON COLUMN sync.notification_delivery.is_only_row IS 'Always true.';
COMMENT ON COLUMN sync.notification_delivery.checked_at IS 'When a process last looked for something to tell.';
COMMENT ON COLUMN sync.notification_delivery.delivered_at IS 'When the receiver last took a message; null: never.';
COMMENT ON COLUMN sync.notification_delivery.attempts IS 'Attempts that failed since then.';
COMMENT ON COLUMN sync.notification_delivery.failing_since IS 'When the first of them was made; null: none failed.';
COMMENT ON COLUMN sync.notification_delivery.attempted_at IS 'When a message was last sent, whatever became of it.';
COMMENT ON COLUMN sync.notification_delivery.next_attempt_at IS 'Nothing is sent before; null: nothing stands in the way.';
COMMENT ON COLUMN sync.notification_delivery.error_code IS 'Why the last attempt failed, by its code in docs/errors.md; null: it did not.';
COMMENT ON COLUMN sync.notification_delivery.error IS 'The same in words; never the address of the receiver.';

CREATE TABLE sync.ledger_lock (

);

COMMENT ON TABLE sync.ledger_lock IS 'Always empty. Who locks it may take from quota periods and give back to them.';

CREATE TABLE sync.tick_lock (

);

COMMENT ON TABLE sync.tick_lock IS 'Always empty. Who locks it may plan the next calls of runs.';

CREATE TABLE sync.category_lock (

);

COMMENT ON TABLE sync.category_lock IS 'Always empty. Who locks it may load categories.';

CREATE TABLE sync.notification_lock (

);

COMMENT ON TABLE sync.notification_lock IS 'Always empty. Who locks it may send notifications.';

CREATE TABLE sync.tracker (
  tracker text NOT NULL,
  definition text NOT NULL,
  read_to timestamptz NOT NULL,
  checked_at timestamptz NOT NULL,
  CONSTRAINT tracker_tracker_definition_pk PRIMARY KEY (tracker, definition)
);

COMMENT ON TABLE sync.tracker IS 'A tracker of a sync file (docs/trackers.md), and how far it has read the observations.';
COMMENT ON COLUMN sync.tracker.tracker IS 'Its name.';
COMMENT ON COLUMN sync.tracker.definition IS 'SHA-256 of what the sync file says of it: files that differ do not share a row.';
COMMENT ON COLUMN sync.tracker.read_to IS 'Observations that were loaded before this time are compared, by the clock of the database.';
COMMENT ON COLUMN sync.tracker.checked_at IS 'When a process last did so (ledger clock). Forgotten after 30 days without.';

CREATE TABLE sync.tracked_change (
  change_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  tracker text NOT NULL,
  offer_id bigint NOT NULL,
  field text NOT NULL,
  condition text NOT NULL,
  sku_id bigint,
  min_quantity integer,
  old text NOT NULL,
  new text NOT NULL,
  not_before timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  noted_at timestamptz NOT NULL,
  sent_at timestamptz,
  skipped_at timestamptz,
  CONSTRAINT tracked_change_once UNIQUE (tracker, offer_id, field, seen_at),
  CONSTRAINT tracked_change_field CHECK (field IN ('price', 'stock', 'state')),
  CONSTRAINT tracked_change_condition
    CHECK (condition IN ('price_below', 'price_down', 'price_up', 'out_of_stock', 'back_in_stock', 'delisted', 'relisted')),
  CONSTRAINT tracked_change_time CHECK (not_before < seen_at)
);
CREATE INDEX tracked_change_pending ON sync.tracked_change (change_id) WHERE sent_at IS NULL AND skipped_at IS NULL;

COMMENT ON TABLE sync.tracked_change IS 'A change of an offer that a tracker noticed, noted before it is sent. Kept for 400 days.';
COMMENT ON COLUMN sync.tracked_change.change_id IS 'Number of it.';
COMMENT ON COLUMN sync.tracked_change.tracker IS 'Name of the tracker.';
COMMENT ON COLUMN sync.tracked_change.offer_id IS 'Offer id of 1688.';
COMMENT ON COLUMN sync.tracked_change.field IS 'What changed: price, stock or state.';
COMMENT ON COLUMN sync.tracked_change.condition IS 'Condition that it met: price_below, price_down, price_up, out_of_stock, back_in_stock, delisted or relisted. Of several of one price the first of these.';
COMMENT ON COLUMN sync.tracked_change.sku_id IS 'SKU of the price; 0: the offer as a whole. NULL: no price, or price_below.';
COMMENT ON COLUMN sync.tracked_change.min_quantity IS 'The price holds from this many units on. NULL: as sku_id.';
COMMENT ON COLUMN sync.tracked_change.old IS 'Before: a list price in yuan (price_below: the lowest of the offer), units in stock, or a state of catalog.offer.';
COMMENT ON COLUMN sync.tracked_change.new IS 'The same after.';
COMMENT ON COLUMN sync.tracked_change.not_before IS 'Observation that still showed the old value: it changed after.';
COMMENT ON COLUMN sync.tracked_change.seen_at IS 'When the call that showed the new value was granted: it changed before.';
COMMENT ON COLUMN sync.tracked_change.noted_at IS 'When the tracker noticed it (ledger clock).';
COMMENT ON COLUMN sync.tracked_change.sent_at IS 'When the receiver took a message about it (ledger clock). NULL: not yet, or never.';
COMMENT ON COLUMN sync.tracked_change.skipped_at IS 'When it was decided not to send it: there was no receiver, or newer changes of the same were sent. NULL: it is sent.';

--------------------------------------------------------------------------------
-- usage
--------------------------------------------------------------------------------

CREATE SEQUENCE usage.call_id_seq;

CREATE TABLE usage.quota_limit (
  limit_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  app_key text NOT NULL,
  api text NOT NULL,
  period_kind text NOT NULL,
  call_limit integer NOT NULL,
  reset text DEFAULT 'calendar' NOT NULL,
  zone text DEFAULT 'Asia/Shanghai' NOT NULL,
  source text NOT NULL,
  is_assumed boolean NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz,
  created_at timestamptz NOT NULL,
  CONSTRAINT quota_limit_period_kind CHECK (period_kind IN ('second', 'minute', 'day', 'month')),
  CONSTRAINT quota_limit_reset CHECK (reset IN ('calendar', 'rolling')),
  CONSTRAINT quota_limit_source CHECK (source IN ('preset', 'configured', 'observed')),
  CONSTRAINT quota_limit_call_limit CHECK (call_limit > 0 OR (call_limit = 0 AND period_kind <> 'second')),
  CONSTRAINT quota_limit_validity CHECK (valid_to >= valid_from)
);
CREATE UNIQUE INDEX quota_limit_open ON usage.quota_limit (app_key, api, period_kind) WHERE valid_to IS NULL;

COMMENT ON TABLE usage.quota_limit IS 'How many calls an app may make of an API within a window. The youngest row in effect rules.';
COMMENT ON COLUMN usage.quota_limit.limit_id IS 'Ours.';
COMMENT ON COLUMN usage.quota_limit.app_key IS 'App key.';
COMMENT ON COLUMN usage.quota_limit.api IS 'namespace:name:version, the @name of a group of APIs, or * for the app as a whole.';
COMMENT ON COLUMN usage.quota_limit.period_kind IS 'second (a pace), minute, day or month.';
COMMENT ON COLUMN usage.quota_limit.call_limit IS 'Calls within the window.';
COMMENT ON COLUMN usage.quota_limit.reset IS 'calendar: starts anew with the minute, day or month of its zone; rolling: any stretch of that length (a month counts 31 days).';
COMMENT ON COLUMN usage.quota_limit.zone IS 'Where days and months begin (IANA name).';
COMMENT ON COLUMN usage.quota_limit.source IS 'preset (by account type), configured or observed.';
COMMENT ON COLUMN usage.quota_limit.is_assumed IS 'True until somebody confirms it.';
COMMENT ON COLUMN usage.quota_limit.valid_from IS 'From when it holds (ledger clock).';
COMMENT ON COLUMN usage.quota_limit.valid_to IS 'Until when, exclusive; null: still.';
COMMENT ON COLUMN usage.quota_limit.created_at IS 'When it was written (ledger clock).';

CREATE TABLE usage.api_group (
  app_key text NOT NULL,
  name text NOT NULL,
  api text NOT NULL,
  CONSTRAINT api_group_app_key_api_name_pk PRIMARY KEY (app_key, api, name),
  CONSTRAINT api_group_name CHECK (name LIKE '@_%')
);

COMMENT ON TABLE usage.api_group IS 'APIs that share limits: those of usage.quota_limit with the group''s name as their api.';
COMMENT ON COLUMN usage.api_group.app_key IS 'App key.';
COMMENT ON COLUMN usage.api_group.name IS 'The group''s name, which begins with @.';
COMMENT ON COLUMN usage.api_group.api IS 'namespace:name:version of an API of the group.';

CREATE TABLE usage.quota_period (
  period_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  app_key text NOT NULL,
  api text NOT NULL,
  period_kind text NOT NULL,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  call_limit integer NOT NULL,
  granted integer DEFAULT 0 NOT NULL,
  refunded integer DEFAULT 0 NOT NULL,
  unknown integer DEFAULT 0 NOT NULL,
  external integer DEFAULT 0 NOT NULL,
  day_starts_at timestamptz,
  used_before_day integer DEFAULT 0 NOT NULL,
  is_assumed_spent boolean DEFAULT false NOT NULL,
  CONSTRAINT quota_period_span UNIQUE (app_key, api, period_kind, ends_at, starts_at),
  CONSTRAINT quota_period_order CHECK (ends_at > starts_at),
  CONSTRAINT quota_period_counts CHECK (refunded >= 0 AND unknown >= 0 AND external >= 0 AND granted >= refunded + unknown)
) WITH (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

COMMENT ON TABLE usage.quota_period IS 'What is counted of one window, or of one bucket of a rolling one. Written by usage.reserve, settle and sweep only.';
COMMENT ON COLUMN usage.quota_period.period_id IS 'Ours.';
COMMENT ON COLUMN usage.quota_period.app_key IS 'App key.';
COMMENT ON COLUMN usage.quota_period.api IS 'namespace:name:version, the @name of a group of APIs, or * for the app as a whole.';
COMMENT ON COLUMN usage.quota_period.period_kind IS 'minute, day or month.';
COMMENT ON COLUMN usage.quota_period.starts_at IS 'Begin.';
COMMENT ON COLUMN usage.quota_period.ends_at IS 'End, exclusive.';
COMMENT ON COLUMN usage.quota_period.call_limit IS 'The limit at the latest grant; a grant beyond it is refused.';
COMMENT ON COLUMN usage.quota_period.granted IS 'Calls granted, refunded ones included. Used are granted - refunded + external.';
COMMENT ON COLUMN usage.quota_period.refunded IS 'Of these, calls of which no byte left.';
COMMENT ON COLUMN usage.quota_period.unknown IS 'Of these, calls whose end nobody knows; they stay counted.';
COMMENT ON COLUMN usage.quota_period.external IS 'Calls that others made with the same key.';
COMMENT ON COLUMN usage.quota_period.day_starts_at IS 'The provider''s day of the latest grant; null: none yet.';
COMMENT ON COLUMN usage.quota_period.used_before_day IS 'What was used of the window when that day''s first call was granted: a month is spread over its days.';
COMMENT ON COLUMN usage.quota_period.is_assumed_spent IS 'Whether external holds calls that nobody counted: the database was restored, and they wait for a number from the console.';

CREATE TABLE usage.pace (
  app_key text NOT NULL,
  api text NOT NULL,
  next_slot_at timestamptz NOT NULL,
  found_per_second double precision,
  last_change double precision,
  changed_at timestamptz,
  raise_after timestamptz,
  calls_since integer DEFAULT 0 NOT NULL,
  passed_before integer,
  CONSTRAINT pace_app_key_api_pk PRIMARY KEY (app_key, api)
) WITH (
  fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

COMMENT ON TABLE usage.pace IS 'When the next call may leave, and the pace that 1688 was found to allow where that is less than the declared one.';
COMMENT ON COLUMN usage.pace.app_key IS 'App key.';
COMMENT ON COLUMN usage.pace.api IS 'namespace:name:version, or * for the app as a whole.';
COMMENT ON COLUMN usage.pace.next_slot_at IS 'The earliest time of the next call (ledger clock).';
COMMENT ON COLUMN usage.pace.found_per_second IS 'Calls a second that 1688 was found to allow; null: the declared pace was not refused.';
COMMENT ON COLUMN usage.pace.last_change IS 'By what share the pace changed last: 0.03 by 3 % up, -0.03 down; null: the last raise was taken back.';
COMMENT ON COLUMN usage.pace.changed_at IS 'When the pace changed last (ledger clock): refusals of calls granted before are one finding with that.';
COMMENT ON COLUMN usage.pace.raise_after IS 'From when on the pace may be raised again.';
COMMENT ON COLUMN usage.pace.calls_since IS 'Calls since the last change that used the pace up.';
COMMENT ON COLUMN usage.pace.passed_before IS 'Calls that 1688 let through in the second before the last finding.';

CREATE TABLE usage.backoff (
  app_key text NOT NULL,
  api text NOT NULL,
  started_at timestamptz NOT NULL,
  pause interval NOT NULL,
  longest_pause_since timestamptz,
  failures integer DEFAULT 0 NOT NULL,
  CONSTRAINT backoff_app_key_api_pk PRIMARY KEY (app_key, api)
);

COMMENT ON TABLE usage.backoff IS 'Pauses after answers that calls come too fast, or after several calls without an answer, for all processes; a good answer to a later call ends them.';
COMMENT ON COLUMN usage.backoff.app_key IS 'App key.';
COMMENT ON COLUMN usage.backoff.api IS 'namespace:name:version of the API that pauses, or * for all of the app.';
COMMENT ON COLUMN usage.backoff.started_at IS 'When the present pause began.';
COMMENT ON COLUMN usage.backoff.pause IS 'How long it lasts: 2 s, doubled by each further one up to 2 minutes; 0 before the first.';
COMMENT ON COLUMN usage.backoff.longest_pause_since IS 'Since when pauses are as long as they get; null: they are not.';
COMMENT ON COLUMN usage.backoff.failures IS 'Calls without an answer since the last that had one; five in a row begin a pause.';

CREATE TABLE usage.access_token (
  app_key text NOT NULL,
  token_hash bytea NOT NULL,
  is_refused boolean NOT NULL,
  observed_at timestamptz NOT NULL,
  observed_call_id bigint NOT NULL,
  PRIMARY KEY (app_key, token_hash)
);

COMMENT ON TABLE usage.access_token IS 'Access tokens that calls carried, and whether 1688 takes them. Of a token that is refused or unknown, one call at a time finds out.';
COMMENT ON COLUMN usage.access_token.app_key IS 'App key.';
COMMENT ON COLUMN usage.access_token.token_hash IS 'SHA-256 of app key and token.';
COMMENT ON COLUMN usage.access_token.is_refused IS 'Whether the latest answer refused it.';
COMMENT ON COLUMN usage.access_token.observed_at IS 'When that answer came (ledger clock).';
COMMENT ON COLUMN usage.access_token.observed_call_id IS 'The call that showed it (soft reference).';

CREATE TABLE usage.api_call (
  call_id bigint DEFAULT nextval('usage.call_id_seq') NOT NULL,
  granted_at timestamptz NOT NULL,
  app_key text NOT NULL,
  api text NOT NULL,
  operation text NOT NULL,
  request jsonb NOT NULL,
  request_hash bytea NOT NULL,
  lane text NOT NULL,
  run_id bigint,
  job_id text,
  window_id bigint,
  is_exempt boolean NOT NULL,
  quota_period_ids bigint[] NOT NULL,
  state text DEFAULT 'reserved' NOT NULL,
  send_at timestamptz NOT NULL,
  send_by timestamptz NOT NULL,
  sent_at timestamptz,
  settled_at timestamptz,
  outcome text,
  gateway_code text,
  http_status integer,
  latency_ms integer,
  response_bytes integer,
  rows_loaded integer,
  offers_new integer,
  offers_completed integer,
  offers_changed integer,
  prices_changed integer,
  raw_id bigint,
  stock_changed integer,
  prompted_by text,
  CONSTRAINT api_call_call_id_granted_at_pk PRIMARY KEY (call_id, granted_at),
  CONSTRAINT api_call_lane CHECK (lane IN ('refresh', 'discovery', 'manual')),
  CONSTRAINT api_call_state CHECK (state IN ('reserved', 'committed', 'refunded', 'unknown')),
  CONSTRAINT api_call_outcome
    CHECK (outcome IN ('ok', 'business_error', 'gateway_error', 'transport_error', 'invalid_answer', 'not_sent'))
) PARTITION BY RANGE (granted_at);
CREATE INDEX api_call_granted ON usage.api_call (granted_at);
CREATE INDEX api_call_run ON usage.api_call (run_id, call_id);
CREATE INDEX api_call_reserved ON usage.api_call (run_id) WHERE state = 'reserved';
CREATE INDEX api_call_refused ON usage.api_call (api, granted_at) WHERE outcome = 'business_error';
ALTER SEQUENCE usage.call_id_seq OWNED BY usage.api_call.call_id;

COMMENT ON TABLE usage.api_call IS 'One HTTP attempt. By month of its grant.';
COMMENT ON COLUMN usage.api_call.call_id IS 'Ours; the gateway gets it in the x-request-id header.';
COMMENT ON COLUMN usage.api_call.granted_at IS 'When the ledger let it go (ledger clock): the time of what it observed.';
COMMENT ON COLUMN usage.api_call.app_key IS 'App key.';
COMMENT ON COLUMN usage.api_call.api IS 'namespace:name:version.';
COMMENT ON COLUMN usage.api_call.operation IS 'What was asked for, by meaning.';
COMMENT ON COLUMN usage.api_call.request IS 'The request, without any token.';
COMMENT ON COLUMN usage.api_call.request_hash IS 'SHA-256 over API and business parameters: the same for identical requests.';
COMMENT ON COLUMN usage.api_call.lane IS 'refresh, discovery or manual.';
COMMENT ON COLUMN usage.api_call.run_id IS 'Run it belongs to (sync.run).';
COMMENT ON COLUMN usage.api_call.job_id IS 'Job that made it.';
COMMENT ON COLUMN usage.api_call.window_id IS 'Search window it belongs to (sync.search_window).';
COMMENT ON COLUMN usage.api_call.is_exempt IS 'True for calls that no limit counts (authorization).';
COMMENT ON COLUMN usage.api_call.quota_period_ids IS 'Windows it is counted in (usage.quota_period).';
COMMENT ON COLUMN usage.api_call.state IS 'reserved (in flight), committed (answered), refunded (never left) or unknown (may have left).';
COMMENT ON COLUMN usage.api_call.send_at IS 'When it may leave.';
COMMENT ON COLUMN usage.api_call.send_by IS 'When it must have left, or it is refunded.';
COMMENT ON COLUMN usage.api_call.sent_at IS 'When it left; set with its end.';
COMMENT ON COLUMN usage.api_call.settled_at IS 'When it ended.';
COMMENT ON COLUMN usage.api_call.outcome IS 'ok, business_error, gateway_error, transport_error, invalid_answer or not_sent; null: nobody knows.';
COMMENT ON COLUMN usage.api_call.gateway_code IS 'Error code of gateway or API.';
COMMENT ON COLUMN usage.api_call.http_status IS 'HTTP status.';
COMMENT ON COLUMN usage.api_call.latency_ms IS 'Milliseconds from sending to the whole answer.';
COMMENT ON COLUMN usage.api_call.response_bytes IS 'Bytes of the answer.';
COMMENT ON COLUMN usage.api_call.rows_loaded IS 'Catalog rows it brought.';
COMMENT ON COLUMN usage.api_call.offers_new IS 'Offers that it showed first; null: not loaded, neither a search nor a detail, or loaded by an older version.';
COMMENT ON COLUMN usage.api_call.offers_completed IS 'Known offers of which it was the first detail, or the first search row.';
COMMENT ON COLUMN usage.api_call.offers_changed IS 'Known offers that it showed changed, in a field or a price.';
COMMENT ON COLUMN usage.api_call.prices_changed IS 'Prices that it ended.';
COMMENT ON COLUMN usage.api_call.raw_id IS 'Stored answer (soft reference to raw.payload).';
COMMENT ON COLUMN usage.api_call.stock_changed IS 'Known offers that the answer showed sold out or in stock again. Null: it shows no offers, or was loaded before this was booked.';
COMMENT ON COLUMN usage.api_call.prompted_by IS 'Why a detail was asked for: first (no detail had shown the offer), row (a row had another price), modify_date (another date of modification), absence (a complete pass without it), max_age (a feed promises that it is never older), or value (the call was worth most of those that were due). Null: no detail, not loaded, or loaded before this was booked.';

CREATE TABLE usage.in_flight (
  call_id bigint PRIMARY KEY,
  granted_at timestamptz NOT NULL,
  app_key text NOT NULL,
  api text,
  request_hash bytea,
  run_id bigint,
  quota_period_ids bigint[] NOT NULL,
  send_by timestamptz NOT NULL,
  sent_at timestamptz,
  token_hash bytea,
  CONSTRAINT in_flight_twin UNIQUE (app_key, request_hash)
) WITH (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0
);

COMMENT ON TABLE usage.in_flight IS 'Calls that are granted and not settled.';
COMMENT ON COLUMN usage.in_flight.call_id IS 'Call (usage.api_call).';
COMMENT ON COLUMN usage.in_flight.granted_at IS 'When it was granted.';
COMMENT ON COLUMN usage.in_flight.app_key IS 'App key.';
COMMENT ON COLUMN usage.in_flight.api IS 'namespace:name:version of the API; null: granted by an older version.';
COMMENT ON COLUMN usage.in_flight.request_hash IS 'Keeps identical requests from being in flight twice; null: exempt.';
COMMENT ON COLUMN usage.in_flight.run_id IS 'Run whose budget counts it.';
COMMENT ON COLUMN usage.in_flight.quota_period_ids IS 'Windows it is counted in.';
COMMENT ON COLUMN usage.in_flight.send_by IS 'When it must have left.';
COMMENT ON COLUMN usage.in_flight.sent_at IS 'When it was sent; null: not yet.';
COMMENT ON COLUMN usage.in_flight.token_hash IS 'Hash of the access token that it carries (usage.access_token); null: none.';

CREATE TABLE usage.api_hold (
  api text PRIMARY KEY,
  code text NOT NULL,
  held_at timestamptz NOT NULL,
  held_until timestamptz,
  probe_after timestamptz,
  probe_call_id bigint,
  probe_every interval,
  reason text
);

COMMENT ON TABLE usage.api_hold IS 'APIs that may not be called for now.';
COMMENT ON COLUMN usage.api_hold.api IS 'namespace:name:version, or * for all.';
COMMENT ON COLUMN usage.api_hold.code IS 'Error code that caused it.';
COMMENT ON COLUMN usage.api_hold.held_at IS 'Since when (ledger clock).';
COMMENT ON COLUMN usage.api_hold.held_until IS 'Until when; null: until somebody resumes it.';
COMMENT ON COLUMN usage.api_hold.probe_after IS 'From when on one call is let through to see whether the API answers again; null: none is.';
COMMENT ON COLUMN usage.api_hold.probe_call_id IS 'The call that was let through last, while its answer decides nothing (soft reference).';
COMMENT ON COLUMN usage.api_hold.probe_every IS 'How long after a probe the next one goes; null: as long as the hold has lasted, between one and eight hours.';
COMMENT ON COLUMN usage.api_hold.reason IS 'Why a person holds it, in their words; null: they gave none, or 1688 refused.';

CREATE TABLE usage.hour_total (
  hour timestamptz NOT NULL,
  app_key text NOT NULL,
  api text NOT NULL,
  state text NOT NULL,
  outcome text,
  is_exempt boolean NOT NULL,
  lane text,
  calls integer NOT NULL,
  timed_calls integer NOT NULL,
  total_latency_ms bigint,
  max_latency_ms integer,
  response_bytes bigint,
  rows_loaded bigint,
  CONSTRAINT hour_total_key UNIQUE NULLS NOT DISTINCT (hour, app_key, api, state, outcome, is_exempt, lane)
);

COMMENT ON TABLE usage.hour_total IS 'Calls of an hour by app, API and end, so that long spans need not read each call. Holds for the hours of usage.totalled_hour.';
COMMENT ON COLUMN usage.hour_total.hour IS 'Begin of the hour.';
COMMENT ON COLUMN usage.hour_total.app_key IS 'App key.';
COMMENT ON COLUMN usage.hour_total.api IS 'namespace:name:version.';
COMMENT ON COLUMN usage.hour_total.state IS 'As in usage.api_call.';
COMMENT ON COLUMN usage.hour_total.outcome IS 'As in usage.api_call.';
COMMENT ON COLUMN usage.hour_total.is_exempt IS 'As in usage.api_call.';
COMMENT ON COLUMN usage.hour_total.lane IS 'As in usage.api_call; null: added up by a version that did not tell lanes apart.';
COMMENT ON COLUMN usage.hour_total.calls IS 'How many calls.';
COMMENT ON COLUMN usage.hour_total.timed_calls IS 'Those of them whose latency was measured.';
COMMENT ON COLUMN usage.hour_total.total_latency_ms IS 'Sum of their latencies.';
COMMENT ON COLUMN usage.hour_total.max_latency_ms IS 'The longest of them.';
COMMENT ON COLUMN usage.hour_total.response_bytes IS 'Bytes of all answers.';
COMMENT ON COLUMN usage.hour_total.rows_loaded IS 'Catalog rows that the answers brought.';

CREATE TABLE usage.totalled_hour (
  hour timestamptz PRIMARY KEY
);

COMMENT ON TABLE usage.totalled_hour IS 'Hours whose calls are in usage.hour_total. A call of such an hour that still changes takes its hour out again.';
COMMENT ON COLUMN usage.totalled_hour.hour IS 'Begin of the hour.';

CREATE TABLE usage.ledger_clock (
  is_only_row boolean PRIMARY KEY DEFAULT true NOT NULL,
  "offset" interval DEFAULT '0' NOT NULL,
  CONSTRAINT ledger_clock_one_row CHECK (is_only_row)
);

COMMENT ON TABLE usage.ledger_clock IS 'One row: how far the ledger clock is ahead of the real one.';
COMMENT ON COLUMN usage.ledger_clock.is_only_row IS 'Always true.';
COMMENT ON COLUMN usage.ledger_clock."offset" IS 'Zero in live databases; moved with the sandboxs clock in others.';

CREATE TABLE usage.ledger_epoch (
  is_only_row boolean PRIMARY KEY DEFAULT true NOT NULL,
  epoch text,
  changed_at timestamptz,
  CONSTRAINT ledger_epoch_one_row CHECK (is_only_row)
);

COMMENT ON TABLE usage.ledger_epoch IS 'Which database the counts were made in: after a restore or failover it is another one, and calls may be missing.';
COMMENT ON COLUMN usage.ledger_epoch.is_only_row IS 'There is one row.';
COMMENT ON COLUMN usage.ledger_epoch.epoch IS 'System identifier, timeline and oid of the database; null: no call was granted yet.';
COMMENT ON COLUMN usage.ledger_epoch.changed_at IS 'When it was seen to be another one (ledger clock); null: never.';

--------------------------------------------------------------------------------
-- raw
--------------------------------------------------------------------------------

CREATE SEQUENCE raw.raw_id_seq;

CREATE TABLE raw.payload (
  raw_id bigint DEFAULT nextval('raw.raw_id_seq') NOT NULL,
  stored_at timestamptz NOT NULL,
  call_id bigint NOT NULL,
  run_id bigint,
  window_id bigint,
  operation text NOT NULL,
  request jsonb NOT NULL,
  request_hash bytea NOT NULL,
  observed_at timestamptz NOT NULL,
  http_status integer NOT NULL,
  body bytea NOT NULL,
  body_bytes integer NOT NULL,
  body_sha256 bytea NOT NULL,
  loaded_at timestamptz,
  normalizer_version integer,
  erased_at timestamptz,
  CONSTRAINT payload_raw_id_stored_at_pk PRIMARY KEY (raw_id, stored_at)
) PARTITION BY RANGE (stored_at);
CREATE INDEX payload_request ON raw.payload (request_hash, observed_at);
CREATE INDEX payload_call ON raw.payload (call_id);
CREATE INDEX payload_unloaded ON raw.payload (raw_id) WHERE loaded_at IS NULL;
ALTER SEQUENCE raw.raw_id_seq OWNED BY raw.payload.raw_id;

COMMENT ON TABLE raw.payload IS 'One answer of 1688, byte by byte. By month of its storing.';
COMMENT ON COLUMN raw.payload.raw_id IS 'Ours.';
COMMENT ON COLUMN raw.payload.stored_at IS 'When it was stored (ledger clock).';
COMMENT ON COLUMN raw.payload.call_id IS 'Call that brought it (soft reference).';
COMMENT ON COLUMN raw.payload.run_id IS 'Run of that call.';
COMMENT ON COLUMN raw.payload.window_id IS 'Search window of that call.';
COMMENT ON COLUMN raw.payload.operation IS 'Operation of that call.';
COMMENT ON COLUMN raw.payload.request IS 'What was asked for, without any token.';
COMMENT ON COLUMN raw.payload.request_hash IS 'The same for identical requests.';
COMMENT ON COLUMN raw.payload.observed_at IS 'When the call was granted: the time of what it shows.';
COMMENT ON COLUMN raw.payload.http_status IS 'HTTP status.';
COMMENT ON COLUMN raw.payload.body IS 'The body, gzipped.';
COMMENT ON COLUMN raw.payload.body_bytes IS 'Length of the unpacked body.';
COMMENT ON COLUMN raw.payload.body_sha256 IS 'SHA-256 of the unpacked body.';
COMMENT ON COLUMN raw.payload.loaded_at IS 'When it went into the catalog; null: not yet.';
COMMENT ON COLUMN raw.payload.normalizer_version IS 'Version of the code that read it.';
COMMENT ON COLUMN raw.payload.erased_at IS 'When the rows of an erased seller were taken out of the body; null: it is as it came.';

--------------------------------------------------------------------------------
-- What needs functions: on the next line they are made (docs/upgrade.md).
--------------------------------------------------------------------------------

--> functions

-- Only a grant is refused: lowering a limit, booking calls of others and taking back a refund always succeed.
CREATE TRIGGER quota_period_refuses_overdraft_when_new BEFORE INSERT ON usage.quota_period FOR EACH ROW
  WHEN (NEW.granted > 0 AND NEW.granted - NEW.refunded + NEW.external > NEW.call_limit)
  EXECUTE FUNCTION usage.refuse_overdraft();
CREATE TRIGGER quota_period_refuses_overdraft BEFORE UPDATE ON usage.quota_period FOR EACH ROW
  WHEN (NEW.granted > OLD.granted AND NEW.granted - NEW.refunded + NEW.external > NEW.call_limit)
  EXECUTE FUNCTION usage.refuse_overdraft();
-- Only of calls that are hours old, so that those that end in time wait for nobody.
CREATE TRIGGER api_call_forgets_total AFTER INSERT OR UPDATE ON usage.api_call FOR EACH ROW
  WHEN (NEW.granted_at < usage.ledger_now() - interval '2 hours')
  EXECUTE FUNCTION usage.forget_total();
CREATE TRIGGER category_names_when_new AFTER INSERT ON catalog.category
  REFERENCING NEW TABLE AS written
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.name_paths();
CREATE TRIGGER category_names AFTER UPDATE ON catalog.category
  REFERENCING OLD TABLE AS before NEW TABLE AS written
  FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION catalog.name_paths();
CREATE TRIGGER category_notes_deleted AFTER DELETE ON catalog.category REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('category_id');
CREATE TRIGGER seller_notes_deleted AFTER DELETE ON catalog.seller REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('seller_id');
CREATE TRIGGER seller_history_notes_deleted AFTER DELETE ON catalog.seller_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('seller_id', 'valid_from', 'call_id');
CREATE TRIGGER offer_notes_deleted AFTER DELETE ON catalog.offer REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id');
CREATE TRIGGER offer_attribute_notes_deleted AFTER DELETE ON catalog.offer_attribute REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'position');
CREATE TRIGGER offer_change_notes_deleted AFTER DELETE ON catalog.offer_change REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('change_id');
CREATE TRIGGER sku_notes_deleted AFTER DELETE ON catalog.sku REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'sku_id');
CREATE TRIGGER sku_history_notes_deleted AFTER DELETE ON catalog.sku_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'sku_id', 'valid_from', 'call_id');
CREATE TRIGGER stock_history_notes_deleted AFTER DELETE ON catalog.stock_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'sku_id', 'valid_from', 'call_id');
CREATE TRIGGER observation_notes_deleted AFTER DELETE ON catalog.observation REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'observed_at', 'call_id');
CREATE TRIGGER search_hit_notes_deleted AFTER DELETE ON catalog.search_hit REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('window_id', 'call_id', 'rank', 'observed_at');
CREATE TRIGGER price_notes_deleted AFTER DELETE ON catalog.price REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'kind', 'min_quantity', 'sku_id');
CREATE TRIGGER price_history_notes_deleted AFTER DELETE ON catalog.price_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'kind', 'min_quantity', 'sku_id', 'valid_from');

-- Over 300,000 offers: 50 MB, made in 50 s. A page of 50 offers that are rewritten takes 11 ms in place of 3, and one in a
-- hundred pages, which sorts the list of pending entries in, 0.1 s; 66 ms each without that list (fastupdate = off). A
-- rewritten row that stays on its page, its titles unchanged, costs nothing.
CREATE INDEX offer_text ON catalog.offer
  USING gin (catalog.bigrams(catalog.search_text(subject, subject_translated)))
  WITH (gin_pending_list_limit = 1024);

SELECT sync.ensure_partitions(now(), 3);

--------------------------------------------------------------------------------
-- First rows, roles, and settings
--------------------------------------------------------------------------------

INSERT INTO sync.database_identity DEFAULT VALUES;
-- First guesses, until the planner learns from the catalog (docs/planner.md): the priors of a figure are what its shares come to. Few
-- of the offers that are not there come back.
INSERT INTO sync.planner (prior_changes, prior_days, visible_changes, hidden_changes, mean_popularity)
VALUES (0.2, 10, 7, 3, 1);
INSERT INTO sync.figure (figure, prior_changes, prior_days, shares)
SELECT figure, 0.11941716, 1.0920698, '{0.3,0.15,0.15,0.15,0.1,0.06,0.04,0.03,0.015,0.005}'
FROM unnest(ARRAY['offer', 'price', 'in_stock', 'out_of_stock']) AS f (figure);
INSERT INTO sync.figure (figure, prior_changes, prior_days, shares)
VALUES ('gone', 0.02536891, 1.5441512, '{0.8,0.1,0.03,0.02,0.02,0.02,0.005,0.003,0.001,0.001}');
INSERT INTO usage.ledger_clock DEFAULT VALUES;
INSERT INTO usage.ledger_epoch DEFAULT VALUES;

-- Roles belong to the server, not to this database: another one may have made them, or be making them right now. catalog_bi is for
-- programs that make reports, such as dbt: it reads the views, and no tables of the catalog or of the sync.
DO $$
DECLARE
  reader text;
BEGIN
  FOREACH reader IN ARRAY ARRAY['catalog_analyst', 'catalog_ops', 'catalog_bi'] LOOP
    CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = reader);
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN', reader);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN
        NULL;
      WHEN insufficient_privilege THEN
        RAISE WARNING 'role % is not made, for % may not make roles; docs/querying.md says how', reader, current_user;
    END;
  END LOOP;
END
$$;

-- Postgres would compile what it takes for a long query. The functions of analytics are many small ones to it, which it compiles one
-- by one: seconds for each call, to save milliseconds. Who does not own the database may not say so; `doctor` tells.
DO $$
BEGIN
  EXECUTE format('ALTER DATABASE %I SET jit = off', current_database());
EXCEPTION WHEN insufficient_privilege THEN
  RAISE NOTICE 'jit stays as it is: this login does not own the database';
END $$;
