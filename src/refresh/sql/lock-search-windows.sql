-- Purpose: locks search windows, and those that they are parts of, in ascending id, and reads their queries and the
--          progress of their passes.
-- Params:  $1 bigint[] window ids
-- Returns: windowId, parentId, feed, keyword, categoryId, sellerId, minCny, maxCny, isSplit, isSplittable: what the window is; nextPage,
--          passStartedAt, isPassSteady, isDoubted, rowsSeen, idsListed, newOffers, changedOffers, stalePages, totalRecords,
--          completedAt, lastOutcome, lastReach, lastNew, lastChanged, fullPassAt, savedCalls, completeSince, maxPages: the
--          state of its pass
SELECT window_id AS "windowId", parent_window_id AS "parentId", feed, keyword, category_id AS "categoryId", seller_id AS "sellerId",
       trim_scale(price_min_cny) AS "minCny", trim_scale(price_max_cny) AS "maxCny", is_split AS "isSplit",
       is_splittable AND kind <> 'image' AND max_pages IS NULL AND retired_at IS NULL AS "isSplittable",
       next_page AS "nextPage", pass_started_at AS "passStartedAt", is_pass_steady AS "isPassSteady",
       is_doubted AS "isDoubted", rows_seen AS "rowsSeen", ids_listed AS "idsListed", new_offers AS "newOffers",
       changed_offers AS "changedOffers", stale_pages AS "stalePages", total_records AS "totalRecords",
       completed_at AS "completedAt", last_outcome AS "lastOutcome", last_reach AS "lastReach", last_new AS "lastNew",
       last_changed AS "lastChanged", full_pass_at AS "fullPassAt", saved_calls AS "savedCalls",
       complete_since AS "completeSince", max_pages AS "maxPages"
FROM sync.search_window
WHERE window_id = ANY ($1::bigint[] || ARRAY(
  SELECT parent_window_id FROM sync.search_window
  WHERE window_id = ANY ($1::bigint[]) AND parent_window_id IS NOT NULL
))
ORDER BY window_id
FOR NO KEY UPDATE;
