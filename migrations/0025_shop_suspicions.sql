-- Shops that seem to have changed most of their prices at once. docs/planner.md. A release that does not know them leaves them as they
-- are: the searches that are made for them belong to no feed.
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

ALTER TABLE sync.planner ADD COLUMN repricings real DEFAULT 0 NOT NULL;
ALTER TABLE sync.planner ADD COLUMN shop_days real DEFAULT 0 NOT NULL;
ALTER TABLE sync.planner ADD COLUMN siblings_expected real DEFAULT 0 NOT NULL;
ALTER TABLE sync.planner ADD COLUMN siblings_changed real DEFAULT 0 NOT NULL;
COMMENT ON COLUMN sync.planner.repricings IS 'Repricings of all shops (sync.shop_suspicion).';
COMMENT ON COLUMN sync.planner.shop_days IS 'In so many days of shops, about.';
COMMENT ON COLUMN sync.planner.siblings_expected IS 'Of the offers on pages of suspected shops, how many were expected to have changed.';
COMMENT ON COLUMN sync.planner.siblings_changed IS 'How many had changed.';

COMMENT ON COLUMN sync.search_window.feed IS 'Feed of catalog-sync.yaml that searches; empty: the list of a shop that seems to have repriced.';
