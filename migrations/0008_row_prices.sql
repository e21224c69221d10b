-- Every price that a search row shows is a kind, and the price that 1688 converted has a column. Every new kind is beside those
-- there were, so no row is checked again (NOT VALID), and nobody waits for that.
ALTER TABLE catalog.price DROP CONSTRAINT price_kind;
ALTER TABLE catalog.price ADD CONSTRAINT price_kind
  CHECK (kind IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy', 'jxhy_wholesale',
                  'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale')) NOT VALID;
COMMENT ON COLUMN catalog.price.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search, search_consign, search_promotion, search_jxhy or search_jxhy_wholesale: docs/prices.md has their meanings.';
ALTER TABLE catalog.price_history DROP CONSTRAINT price_history_kind;
ALTER TABLE catalog.price_history ADD CONSTRAINT price_history_kind
  CHECK (kind IN ('list', 'plus', 'promotion', 'dropship', 'distribution', 'retail', 'consign', 'jxhy', 'jxhy_wholesale',
                  'search', 'search_consign', 'search_promotion', 'search_jxhy', 'search_jxhy_wholesale')) NOT VALID;
COMMENT ON COLUMN catalog.price_history.kind IS 'list, plus, promotion, dropship, distribution, retail, consign, jxhy, jxhy_wholesale, search, search_consign, search_promotion, search_jxhy or search_jxhy_wholesale: docs/prices.md has their meanings.';

ALTER TABLE catalog.observation ADD COLUMN foreign_price numeric(14, 4);
COMMENT ON COLUMN catalog.observation.foreign_price IS 'The price as 1688 converted it, in the currency that was asked for (detail). NULL: none was asked for.';
