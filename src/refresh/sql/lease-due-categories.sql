-- Purpose: leases the category nodes of some subtrees that are due for a visit, never visited ones first. A node is
--          fetched if it is a configured root or not known to be a leaf; retired branches (停用) are not fetched.
-- Params:  $1 bigint run id; $2 bigint[] configured roots, 0 = the whole tree; $3 double precision freshness
--          age in ms; $4 integer how many; $5 double precision lease in ms
-- Returns: id
WITH RECURSIVE reach (category_id, is_root) AS (
  SELECT unnest($2::bigint[]), true
  UNION
  SELECT c.category_id, false
  FROM reach r
  JOIN catalog.category c ON coalesce(c.parent_id, 0) = r.category_id
  WHERE NOT c.is_retired
),
due AS (
  SELECT r.category_id
  FROM (SELECT category_id, bool_or(is_root) AS is_root FROM reach GROUP BY category_id) r
  LEFT JOIN catalog.category c USING (category_id)
  LEFT JOIN sync.category_visit v USING (category_id)
  WHERE (r.is_root OR c.is_leaf IS DISTINCT FROM true)
    AND (v.visited_at IS NULL OR v.visited_at <= (SELECT usage.ledger_now()) - $3::float8 * interval '1 ms')
    AND (v.not_before IS NULL OR v.not_before <= (SELECT usage.ledger_now()))
    -- A lease ends with its run.
    AND (v.leased_until IS NULL OR v.leased_until <= (SELECT usage.ledger_now())
      OR NOT EXISTS (SELECT FROM sync.run WHERE run_id = v.leased_by AND status IN ('queued', 'running')))
  ORDER BY v.visited_at NULLS FIRST, r.category_id
  LIMIT $4::int
)
INSERT INTO sync.category_visit AS v (category_id, leased_by, leased_until)
SELECT category_id, $1::bigint, (SELECT usage.ledger_now()) + $5::float8 * interval '1 ms' FROM due
ON CONFLICT (category_id) DO UPDATE SET leased_by = excluded.leased_by, leased_until = excluded.leased_until
RETURNING v.category_id AS id;
