-- Purpose: how much the catalog holds, and how many answers wait to be loaded.
-- Params:  none
-- Returns: one row
SELECT (SELECT source FROM sync.database_identity) AS source,
       (SELECT count(*) FROM catalog.category) AS categories,
       (SELECT count(*) FROM catalog.offer) AS offers,
       (SELECT count(*) FROM catalog.offer WHERE state = 'listed') AS listed_offers,
       (SELECT count(*) FROM catalog.seller) AS sellers,
       (SELECT count(*) FROM catalog.sku) AS skus,
       (SELECT count(*) FROM catalog.price) AS prices,
       (SELECT count(*) FROM catalog.price_history) AS closed_prices,
       (SELECT count(*) FROM sync.quarantine) AS quarantined_records,
       (SELECT count(*) FROM raw.payload WHERE loaded_at IS NULL) AS unloaded_answers;
