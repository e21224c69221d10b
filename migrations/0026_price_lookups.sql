-- Prices are looked up by offer and kind. With sku_id between the two, Postgres 18 skips from SKU to SKU, and expects that to take as
-- many descents as the whole catalog has SKUs: from some hundred thousand offers on, it read all prices instead of those of an offer.
-- Prices are neither read nor written while the keys are made anew: half a minute for a million offers.
ALTER TABLE catalog.price DROP CONSTRAINT price_offer_id_sku_id_kind_min_quantity_pk;
ALTER TABLE catalog.price ADD CONSTRAINT price_offer_id_kind_sku_id_min_quantity_pk
  PRIMARY KEY (offer_id, kind, sku_id, min_quantity);
ALTER TABLE catalog.price_history DROP CONSTRAINT price_history_offer_id_sku_id_kind_min_quantity_valid_from_pk;
ALTER TABLE catalog.price_history ADD CONSTRAINT price_history_offer_id_kind_sku_id_min_quantity_valid_from_pk
  PRIMARY KEY (offer_id, kind, sku_id, min_quantity, valid_from);

CREATE OR REPLACE TRIGGER price_notes_deleted AFTER DELETE ON catalog.price REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'kind', 'sku_id', 'min_quantity');
CREATE OR REPLACE TRIGGER price_history_notes_deleted AFTER DELETE ON catalog.price_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'kind', 'sku_id', 'min_quantity', 'valid_from');
