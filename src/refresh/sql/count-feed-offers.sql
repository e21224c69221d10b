-- Purpose: adds offers that joined feeds to the counts of these feeds, which are locked.
-- Params:  $1 jsonb {feed: number}
-- Returns: nothing
UPDATE sync.feed f
SET offers = f.offers + n.value::int
FROM jsonb_each_text($1::jsonb) AS n
WHERE f.feed = n.key;
