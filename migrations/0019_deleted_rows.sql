-- What was deleted of the catalog, so that a program that copies it misses nothing. Which rows changed follows from the rows
-- themselves (docs/adr/0020-changes-by-row-version.md), so the tables stay as they are, and the release before may write them.
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

--> functions

CREATE TRIGGER category_notes_deleted AFTER DELETE ON catalog.category REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('category_id');
CREATE TRIGGER seller_notes_deleted AFTER DELETE ON catalog.seller REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('seller_id');
CREATE TRIGGER seller_history_notes_deleted AFTER DELETE ON catalog.seller_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('seller_id', 'valid_from', 'call_id');
CREATE TRIGGER offer_notes_deleted AFTER DELETE ON catalog.offer REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id');
CREATE TRIGGER offer_image_notes_deleted AFTER DELETE ON catalog.offer_image REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'kind', 'position');
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
CREATE TRIGGER price_notes_deleted AFTER DELETE ON catalog.price REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'sku_id', 'kind', 'min_quantity');
CREATE TRIGGER price_history_notes_deleted AFTER DELETE ON catalog.price_history REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'sku_id', 'kind', 'min_quantity', 'valid_from');
CREATE TRIGGER observation_notes_deleted AFTER DELETE ON catalog.observation REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('offer_id', 'observed_at', 'source', 'call_id');
CREATE TRIGGER search_hit_notes_deleted AFTER DELETE ON catalog.search_hit REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION catalog.note_deleted('window_id', 'call_id', 'rank', 'observed_at');
