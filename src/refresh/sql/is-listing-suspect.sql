-- Purpose: whether so many searches list about half of what they did, or less, that their answers are not believed: at
--          least three, and a tenth of all searches; or two fifths of all records. A search that has shrunk keeps its
--          earlier total. Parts count with their search. Searches of fewer than five records prove little, and those
--          made for shops that seem to have repriced belong to no feed: neither counts.
-- Params:  none
-- Returns: one row: isSuspect
SELECT coalesce((count(lost) >= 3 AND count(lost) * 10 >= count(*))
                OR (sum(lost) >= 20 AND sum(lost) * 5 >= sum(total_records) * 2), false) AS "isSuspect"
FROM (
  SELECT total_records,
         CASE WHEN last_outcome IN ('unproven', 'short') AND last_reach * 5 <= total_records * 3
              THEN total_records - last_reach END AS lost
  FROM sync.search_window
  WHERE retired_at IS NULL AND parent_window_id IS NULL AND feed <> '' AND total_records >= 5
) w;
