-- Purpose: how much of the results of each search was listed, and what its last pass brought. The numbers of a search
--          that is read in parts are those of its parts, which also have rows of their own.
CREATE VIEW usage.search_coverage AS
SELECT w.window_id, w.parent_window_id, w.feed, w.kind, w.keyword, w.category_id, w.seller_id, w.image,
       w.price_min_cny, w.price_max_cny, p.parts, s.total_records, s.reach, s.is_capped,
       (CASE WHEN s.is_capped THEN NULL
             WHEN s.reach >= s.total_records THEN 1.0000
             ELSE round(s.reach::numeric / s.total_records, 4) END)::numeric(10, 4) AS coverage,
       s.offers_new, s.offers_changed, w.last_outcome, p.troubled_parts, w.is_splittable,
       (w.saved_calls + p.saved_calls)::int AS saved_calls, s.completed_at, s.full_pass_at, w.complete_since
FROM sync.search_window w
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE retired_at IS NULL)::int AS parts,
         count(*) FILTER (WHERE retired_at IS NULL
                            AND last_outcome IN ('capped', 'page_repeated', 'truncated'))::int AS troubled_parts,
         coalesce(bool_or(last_outcome = 'capped') FILTER (WHERE retired_at IS NULL), false) AS is_capped,
         CASE WHEN bool_and(last_reach IS NOT NULL) FILTER (WHERE retired_at IS NULL)
              THEN sum(total_records) FILTER (WHERE retired_at IS NULL) END::int AS total_records,
         sum(last_reach) FILTER (WHERE retired_at IS NULL)::int AS reach,
         sum(last_new) FILTER (WHERE retired_at IS NULL)::int AS offers_new,
         sum(last_changed) FILTER (WHERE retired_at IS NULL)::int AS offers_changed,
         CASE WHEN bool_and(completed_at IS NOT NULL) FILTER (WHERE retired_at IS NULL)
              THEN min(completed_at) FILTER (WHERE retired_at IS NULL) END AS completed_at,
         CASE WHEN bool_and(full_pass_at IS NOT NULL) FILTER (WHERE retired_at IS NULL)
              THEN min(full_pass_at) FILTER (WHERE retired_at IS NULL) END AS full_pass_at,
         coalesce(sum(saved_calls), 0) AS saved_calls
  FROM sync.search_window
  WHERE parent_window_id = w.window_id
) p
CROSS JOIN LATERAL (
  SELECT p.total_records, p.reach, p.is_capped, p.offers_new, p.offers_changed, p.completed_at, p.full_pass_at
  WHERE w.is_split
  UNION ALL
  SELECT w.total_records, w.last_reach, coalesce(w.last_outcome = 'capped', false), w.last_new, w.last_changed,
         w.completed_at, w.full_pass_at
  WHERE NOT w.is_split
) s
-- Searches of shops that seem to have repriced belong to no feed.
WHERE w.retired_at IS NULL AND w.feed <> '';

COMMENT ON VIEW usage.search_coverage IS 'How much of the results of each search was listed, and what its last pass brought. For sums over searches, leave parts out: parent_window_id IS NULL. Key: window_id.';
COMMENT ON COLUMN usage.search_coverage.window_id IS 'Search window (sync.search_window).';
COMMENT ON COLUMN usage.search_coverage.parent_window_id IS 'Search that this is a part of; null: a search of the sync file.';
COMMENT ON COLUMN usage.search_coverage.feed IS 'Feed of catalog-sync.yaml.';
COMMENT ON COLUMN usage.search_coverage.kind IS 'What is searched by: keyword, category, seller or image.';
COMMENT ON COLUMN usage.search_coverage.keyword IS 'Keyword; empty: none.';
COMMENT ON COLUMN usage.search_coverage.category_id IS 'Category (catalog.category); 0: none.';
COMMENT ON COLUMN usage.search_coverage.seller_id IS 'Seller (catalog.seller); empty: none.';
COMMENT ON COLUMN usage.search_coverage.image IS 'Picture; empty: none.';
COMMENT ON COLUMN usage.search_coverage.price_min_cny IS 'Lowest price in yuan; null: no bound.';
COMMENT ON COLUMN usage.search_coverage.price_max_cny IS 'Highest price in yuan; null: no bound.';
COMMENT ON COLUMN usage.search_coverage.parts IS 'Number of parts by price that it is read in; 0: it is read whole.';
COMMENT ON COLUMN usage.search_coverage.total_records IS 'Number of records that 1688 states, summed over parts; null: not known of all parts yet. If is_capped and without parts, 2,000 stands for any number from 2,000 on.';
COMMENT ON COLUMN usage.search_coverage.reach IS 'Distinct offers that the last passes listed; null: not known.';
COMMENT ON COLUMN usage.search_coverage.is_capped IS 'True: the search, or one of its parts, reaches 2,000 records and cannot be split further.';
COMMENT ON COLUMN usage.search_coverage.coverage IS 'reach / total_records, 0 to 1; null: not known, or capped. Parts leave out offers without a price, so these do not count.';
COMMENT ON COLUMN usage.search_coverage.offers_new IS 'Offers that the last passes were the first to show; null: not known.';
COMMENT ON COLUMN usage.search_coverage.offers_changed IS 'Known offers that the last passes showed changed; null: not known.';
COMMENT ON COLUMN usage.search_coverage.last_outcome IS 'How its own last pass ended: complete, unproven, capped, max_pages, page_repeated, truncated, short, stale or split.';
COMMENT ON COLUMN usage.search_coverage.troubled_parts IS 'Parts whose last pass ended as capped, page_repeated or truncated.';
COMMENT ON COLUMN usage.search_coverage.is_splittable IS 'False: 1688 ignores its price bounds, so that it is not read in parts.';
COMMENT ON COLUMN usage.search_coverage.saved_calls IS 'Pages not fetched because passes stopped early: total of all passes, parts included.';
COMMENT ON COLUMN usage.search_coverage.completed_at IS 'Time at which its last pass ended; with parts, the oldest such time. Null: the search, or a part, was never read to its end.';
COMMENT ON COLUMN usage.search_coverage.full_pass_at IS 'The same for passes that did not stop early.';
COMMENT ON COLUMN usage.search_coverage.complete_since IS 'Time at which the newest complete pass began, over all parts together: the search no longer contains what was not listed since then.';
