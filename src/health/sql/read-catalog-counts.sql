-- Purpose: how much the catalog holds, and how many answers wait to be loaded.
-- Params:  none
-- Returns: one row: source (null until the first run), and of each table its number of rows: categories; offers;
--          listedOffers; sellers; skus; prices; closedPrices; quarantinedRecords; unloadedAnswers
SELECT (SELECT source FROM sync.database_identity) AS source,
       (SELECT count(*)::float8 FROM catalog.category) AS categories,
       (SELECT count(*)::float8 FROM catalog.offer) AS offers,
       (SELECT count(*)::float8 FROM catalog.offer WHERE state = 'listed') AS "listedOffers",
       (SELECT count(*)::float8 FROM catalog.seller) AS sellers,
       (SELECT count(*)::float8 FROM catalog.sku) AS skus,
       (SELECT count(*)::float8 FROM catalog.price) AS prices,
       (SELECT count(*)::float8 FROM catalog.price_history) AS "closedPrices",
       (SELECT count(*)::float8 FROM sync.quarantine) AS "quarantinedRecords",
       (SELECT count(*)::float8 FROM raw.payload WHERE loaded_at IS NULL) AS "unloadedAnswers";
