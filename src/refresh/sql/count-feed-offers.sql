-- Purpose: adds offers that joined feeds, which are locked, to their numbers.
-- Params:  $1 jsonb {feed: number}
-- Returns: nothing
UPDATE sync.feed f
SET offers = f.offers + n.value::int
FROM jsonb_each_text($1::jsonb) AS n
WHERE f.feed = n.key;
