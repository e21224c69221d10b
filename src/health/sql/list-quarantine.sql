-- Purpose: values of answers that could not be used, by operation, place in the answer and reason; the most frequent first.
-- Params:  $1 text|null operation; $2 text|null reason; $3 integer how many
-- Returns: operation, path (with [] for every element of a list), reason, count (of values), answers, newestAt, newestId,
--          sample (the newest one's)
SELECT operation, path, reason, count(*)::int AS count, count(DISTINCT raw_id)::int AS answers,
       max(observed_at) AS "newestAt",
       (array_agg(quarantine_id ORDER BY observed_at DESC, quarantine_id DESC))[1]::text AS "newestId",
       (array_agg(sample ORDER BY observed_at DESC, quarantine_id DESC))[1] AS sample
FROM (
  SELECT quarantine_id, raw_id, operation, regexp_replace(path, '\[\d+\]', '[]', 'g') AS path, reason, sample, observed_at
  FROM sync.quarantine
  WHERE ($1::text IS NULL OR operation = $1::text) AND ($2::text IS NULL OR reason = $2::text)
) q
GROUP BY operation, path, reason
ORDER BY count DESC, operation, path, reason
LIMIT $3::int;
