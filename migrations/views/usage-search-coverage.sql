-- Purpose: how much of what each search finds was listed, and what its last pass brought. Numbers of a search that is read
-- in parts are those of its parts, which have rows of their own.
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
-- What is read of shops that seem to have repriced belongs to no feed.
WHERE w.retired_at IS NULL AND w.feed <> '';

COMMENT ON VIEW usage.search_coverage IS 'How much of what each search finds was listed, and what its last pass brought. For sums over searches leave parts out: parent_window_id IS NULL. Key: window_id.';
COMMENT ON COLUMN usage.search_coverage.window_id IS 'Search window (sync.search_window).';
COMMENT ON COLUMN usage.search_coverage.parent_window_id IS 'Search that it is a part of; null: it is one of the sync file.';
COMMENT ON COLUMN usage.search_coverage.feed IS 'Feed of catalog-sync.yaml.';
COMMENT ON COLUMN usage.search_coverage.kind IS 'What is searched by: keyword, category, seller or image.';
COMMENT ON COLUMN usage.search_coverage.keyword IS 'Keyword; empty: none.';
COMMENT ON COLUMN usage.search_coverage.category_id IS 'Category (catalog.category); 0: none.';
COMMENT ON COLUMN usage.search_coverage.seller_id IS 'Seller (catalog.seller); empty: none.';
COMMENT ON COLUMN usage.search_coverage.image IS 'Picture; empty: none.';
COMMENT ON COLUMN usage.search_coverage.price_min_cny IS 'Lowest price in yuan; null: open.';
COMMENT ON COLUMN usage.search_coverage.price_max_cny IS 'Highest price in yuan; null: open.';
COMMENT ON COLUMN usage.search_coverage.parts IS 'Parts by price that it is read in; 0: it is read as one.';
COMMENT ON COLUMN usage.search_coverage.total_records IS 'Records that 1688 says there are, of parts together; null: not known of all parts yet. 2,000, if is_capped and without parts, stands for any number from there on.';
COMMENT ON COLUMN usage.search_coverage.reach IS 'Different offers that the last passes listed; null: not known.';
COMMENT ON COLUMN usage.search_coverage.is_capped IS 'It, or one of its parts, reaches 2,000 records and can not be split further.';
COMMENT ON COLUMN usage.search_coverage.coverage IS 'Reach by total, 0 to 1; null: not known, or capped. Offers without a price are in no part, and so not in this.';
COMMENT ON COLUMN usage.search_coverage.offers_new IS 'Offers that the last passes showed first; null: not known.';
COMMENT ON COLUMN usage.search_coverage.offers_changed IS 'Known offers that the last passes showed changed; null: not known.';
COMMENT ON COLUMN usage.search_coverage.last_outcome IS 'How its own last pass ended: complete, unproven, capped, max_pages, page_repeated, truncated, short, stale or split.';
COMMENT ON COLUMN usage.search_coverage.troubled_parts IS 'Parts whose last pass ended as capped, page_repeated or truncated.';
COMMENT ON COLUMN usage.search_coverage.is_splittable IS 'False: 1688 does not mind its price bounds, so that it is not read in parts.';
COMMENT ON COLUMN usage.search_coverage.saved_calls IS 'Pages not asked for by passes that stopped early, all together, those of its parts included.';
COMMENT ON COLUMN usage.search_coverage.completed_at IS 'When its last pass ended, of parts the oldest one; null: there is one that never ended.';
COMMENT ON COLUMN usage.search_coverage.full_pass_at IS 'The same of passes that were not stopped early.';
COMMENT ON COLUMN usage.search_coverage.complete_since IS 'When the newest complete pass began, of all parts together: what was not listed since is not there.';
