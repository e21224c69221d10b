-- Purpose: searches that list less than there is, or not what they say, the largest first.
-- Params:  $1 integer how many
-- Returns: feed, search, totalRecords, reach, isCapped, parts, troubledParts, lastOutcome, completedAt
SELECT feed, coalesce(nullif(keyword, ''), nullif(seller_id, ''), nullif(image, ''), 'category ' || category_id) AS search,
       total_records AS "totalRecords", reach, is_capped AS "isCapped", parts, troubled_parts AS "troubledParts",
       last_outcome AS "lastOutcome", completed_at AS "completedAt"
FROM usage.search_coverage
WHERE parent_window_id IS NULL
  AND (last_outcome IN ('capped', 'page_repeated', 'truncated') OR troubled_parts > 0)
ORDER BY total_records DESC NULLS FIRST, feed, search
LIMIT $1::int;
