-- Purpose: how the catalog and the work stand, for the first page.
-- Params:  none
-- Returns: one row: now (of the ledger), source, offers, listed, neverDetailed, within1d, within7d (offers by their
--          newest detail answer), medianAgeH, categories, sellers, skus, quarantined1d, drifts1d, unloaded, givenUp
--          (targets that wait after an error)
SELECT c.now, (SELECT source FROM sync.database_identity) AS source,
       o.offers, o.listed, o."neverDetailed", o."within1d", o."within7d", o."medianAgeH",
       (SELECT count(*)::float8 FROM catalog.category) AS categories,
       (SELECT count(*)::float8 FROM catalog.seller) AS sellers,
       (SELECT count(*)::float8 FROM catalog.sku) AS skus,
       (SELECT count(*)::int FROM sync.quarantine WHERE observed_at > c.now - interval '1 day') AS "quarantined1d",
       (SELECT count(*)::int FROM sync.drift WHERE last_seen_at > c.now - interval '1 day') AS "drifts1d",
       (SELECT count(*)::int FROM raw.payload WHERE loaded_at IS NULL) AS unloaded,
       (SELECT count(*)::int FROM sync.refresh WHERE not_before > c.now)
         + (SELECT count(*)::int FROM sync.search_window WHERE not_before > c.now)
         + (SELECT count(*)::int FROM sync.category_visit WHERE not_before > c.now) AS "givenUp"
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT count(*)::float8 AS offers,
         count(*) FILTER (WHERE o.state = 'listed')::float8 AS listed,
         count(*) FILTER (WHERE r.detail_at IS NULL)::float8 AS "neverDetailed",
         count(*) FILTER (WHERE r.detail_at > c.now - interval '1 day')::float8 AS "within1d",
         count(*) FILTER (WHERE r.detail_at > c.now - interval '7 days')::float8 AS "within7d",
         (extract(epoch FROM c.now - percentile_disc(0.5) WITHIN GROUP (ORDER BY r.detail_at)) / 3600)::float8
           AS "medianAgeH"
  FROM catalog.offer o
  LEFT JOIN sync.refresh r USING (offer_id)
) o;
