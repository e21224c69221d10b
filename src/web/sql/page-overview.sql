-- Purpose: the state of the sync, for the first page. Reads no whole table that grows with the offers.
-- Params:  none
-- Returns: one row: now (of the ledger), source, quarantined1d, drifts1d, unloaded, givenUp (targets that wait after an error)
SELECT c.now, (SELECT source FROM sync.database_identity) AS source,
       (SELECT count(*)::int FROM sync.quarantine WHERE observed_at > c.now - interval '1 day') AS "quarantined1d",
       (SELECT count(*)::int FROM sync.drift WHERE last_seen_at > c.now - interval '1 day') AS "drifts1d",
       (SELECT count(*)::int FROM raw.payload WHERE loaded_at IS NULL) AS unloaded,
       (SELECT count(*)::int FROM sync.refresh
        WHERE not_before > c.now
          AND feed_set NOT IN (SELECT s.feed_set FROM sync.feed_set s WHERE s.feeds <@ (SELECT sync.removed_feeds())))
         + (SELECT count(*)::int FROM sync.search_window
            WHERE not_before > c.now AND retired_at IS NULL AND NOT ARRAY[feed] <@ (SELECT sync.removed_feeds()))
         + (SELECT count(*)::int FROM sync.category_visit WHERE not_before > c.now) AS "givenUp"
FROM (SELECT usage.ledger_now() AS now OFFSET 0) c;
