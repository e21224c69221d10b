-- Purpose: locks feeds until the transaction ends, and reads how many more offers each has room for.
-- Params:  $1 text[] feeds
-- Returns: feed, room (null: no bound)
SELECT feed, CASE WHEN max_offers IS NOT NULL THEN greatest(0, max_offers - offers) END AS room
FROM sync.feed
WHERE feed = ANY ($1::text[])
ORDER BY feed
FOR NO KEY UPDATE;
