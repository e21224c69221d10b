-- Purpose: creates search windows of shops that seem to have repriced and have offers in some sets of feeds. The
--          windows belong to no feed, and only one page is read.
-- Params:  $1 int[] sets of feeds; $2 double precision the least log-odds; $3 double precision how long a shop is suspected, in ms;
--          $4 text language; $5 integer how many shops, the most likely first
-- Returns: nothing
INSERT INTO sync.search_window (feed, seller_id, language, max_pages)
SELECT '', s.seller_id, $4::text, 1
FROM (
  SELECT s.seller_id
  FROM sync.shop_suspicion s
  WHERE s.log_odds >= $2::float8
    AND s.seen_at > usage.ledger_now() - $3::float8 * interval '1 ms'
    AND EXISTS (
      SELECT FROM catalog.offer o JOIN sync.refresh r USING (offer_id)
      WHERE o.seller_id = s.seller_id AND r.feed_set = ANY ($1::int[]) AND r.bucket IS NOT NULL
    )
  ORDER BY s.log_odds DESC, s.seller_id
  LIMIT $5::int
) s
WHERE NOT EXISTS (
  SELECT FROM sync.search_window w
  WHERE (w.feed, w.keyword, w.category_id, w.seller_id, w.language) = ('', '', 0, s.seller_id, $4::text)
)
ORDER BY s.seller_id
ON CONFLICT (feed, keyword, category_id, seller_id, image, price_min_cny, price_max_cny, language) DO NOTHING;
