-- Purpose: returns the numbers of sets of feeds, and creates those that do not exist yet.
-- Params:  $1 jsonb [[text]]: names of feeds, in any order
-- Returns: position (of the set in $1, from 1), feedSet
WITH wanted AS (
  SELECT n.position,
         ARRAY(SELECT DISTINCT f COLLATE "C" FROM jsonb_array_elements_text(n.feeds) AS f ORDER BY 1) AS feeds
  FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS n (feeds, position)
),
made AS (
  INSERT INTO sync.feed_set (feeds)
  SELECT DISTINCT feeds FROM wanted ORDER BY feeds
  -- A set that another transaction is creating is not visible: only an update returns its number.
  ON CONFLICT (feeds) DO UPDATE SET feeds = excluded.feeds
  RETURNING feed_set, feeds
)
SELECT position::int AS position, feed_set AS "feedSet" FROM wanted JOIN made USING (feeds);
